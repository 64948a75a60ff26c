// The ruling bench: a ruling on other answers than stand in the fields now is not told, printed, copied or kept.
import { onContent } from './page.js';

const answers = (form) => new URLSearchParams([...new FormData(form)].filter(([, value]) => value)).toString();

export function startBench() {
  let ruledOn = '';
  onContent((root) => {
    const form = document.getElementById('bench-form');
    if (form && (root === document || root.contains(form) || form.contains(root))) ruledOn = answers(form);
  });
  const compare = (event) => {
    const form = event.target.closest?.('#bench-form');
    if (!form) return;
    const behind = answers(form) !== ruledOn;
    for (const part of form.querySelectorAll('[data-ruled]')) {
      part.inert = behind;
      part.toggleAttribute('data-behind', behind);
    }
  };
  document.addEventListener('input', compare);
  document.addEventListener('change', compare);
}
