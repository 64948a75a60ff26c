// A process drawn: where a case stands is in sight, what lies beside the window is told, and the state that one looks
// at lights up with the arrows from and to it and what is done on them.
import { all, onContent } from './page.js';

function bringToMiddle(one, port) {
  const [box, view] = [one.getBoundingClientRect(), port.getBoundingClientRect()];
  port.scrollLeft += box.left + box.width / 2 - view.left - view.width / 2;
}

/** Whether there is more of a picture to the left and to the right stands at its edges, and leads there. */
function tellOfMore(port) {
  const picture = port.querySelector('.diagram');
  const [back, on] = ['-1', '1'].map((way) => port.querySelector(`[data-way="${way}"]`));
  const look = () => {
    back.hidden = picture.scrollLeft < 2;
    on.hidden = picture.scrollLeft + picture.clientWidth > picture.scrollWidth - 2;
  };
  for (const button of [back, on]) button.addEventListener('click', () => { picture.scrollLeft += Number(button.dataset.way) * picture.clientWidth * 0.7; });
  picture.addEventListener('scroll', look, { passive: true });
  new ResizeObserver(look).observe(picture);
}

/** Light up what belongs to a state; nothing for none. */
function light(svg, state) {
  svg.classList.toggle('looking', Boolean(state));
  const beside = new Set([state]);
  for (const arrow of svg.querySelectorAll('.dg-edge')) {
    const lit = Boolean(state) && [arrow.dataset.from, arrow.dataset.to].includes(state);
    arrow.classList.toggle('lit', lit);
    if (lit) beside.add(arrow.dataset.from).add(arrow.dataset.to);
  }
  for (const box of svg.querySelectorAll('.dg-box')) box.classList.toggle('lit', beside.has(box.dataset.state));
  for (const sign of svg.querySelectorAll('.dg-sign')) sign.classList.toggle('lit', sign.dataset.of === state);
}

/** The one pointed at, else the one with the focus, else where the case stands. A finger's first tap only looks. */
function followLooks(svg) {
  const at = svg.querySelector('[data-in-view]')?.dataset.state;
  let tapped = '';
  const boxOf = (event) => event.target.closest?.('.dg-box')?.dataset.state;
  const rest = () => light(svg, svg.querySelector('.dg-box:focus-visible')?.dataset.state ?? at);
  svg.addEventListener('pointerover', (event) => { const state = boxOf(event); if (event.pointerType === 'mouse') state ? light(svg, state) : rest(); });
  svg.addEventListener('pointerleave', (event) => { if (event.pointerType === 'mouse') rest(); });
  svg.addEventListener('focusin', (event) => light(svg, boxOf(event) ?? at));
  svg.addEventListener('focusout', () => { tapped = ''; rest(); });
  svg.addEventListener('click', (event) => {
    const state = boxOf(event);
    if (!state || event.pointerType !== 'touch') return;
    if (state !== tapped) event.preventDefault();
    tapped = state;
    light(svg, state);
  });
  rest();
}

export function startDiagrams() {
  onContent((root) => { for (const one of all(root, '.diagram [data-in-view]')) bringToMiddle(one, one.closest('.diagram')); });
  onContent((root) => { for (const port of all(root, '.diagram-port')) tellOfMore(port); });
  onContent((root) => { for (const svg of all(root, '.diagram svg')) followLooks(svg); });
}
