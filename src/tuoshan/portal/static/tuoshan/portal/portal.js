// A telephone number is judged while it is typed; a form is sent once.
(() => {
  const digits = (text) => text.normalize('NFKC').replace(/\D/g, '').replace(/^(0086|86)(?=1\d)/, '');

  function warning() {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('class', 'ic ic-s');
    svg.setAttribute('aria-hidden', 'true');
    const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
    use.setAttribute('href', `${document.documentElement.dataset.icons ?? ''}#alert`);
    svg.append(use);
    return svg;
  }

  function hint(field, strict) {
    const box = field.closest('[data-phone-hint]');
    if (!box) return;
    const number = digits(field.value);
    const gap = 11 - number.length;
    const isMobile = number.startsWith('1') && !field.value.trim().startsWith('+');
    let text = '';
    if (isMobile && gap > 0) text = box.dataset.textShort.replace('{gap}', gap);
    else if (isMobile && gap < 0) text = box.dataset.textLong.replace('{gap}', -gap);
    let note = box.querySelector('[data-live-hint]');
    if (!note) {
      note = document.createElement('span');
      note.dataset.liveHint = '';
      note.id = `${field.id}_live`;
      box.querySelector('.field').append(note);
    }
    box.querySelectorAll('.err:not([data-live-hint])').forEach((old) => old.remove());
    note.className = strict && text ? 'err' : 'help';
    note.replaceChildren(...(strict && text ? [warning()] : []), text);
    if (strict && text) field.setAttribute('aria-invalid', 'true'); else field.removeAttribute('aria-invalid');
    const others = (field.getAttribute('aria-describedby') ?? '').split(' ').filter((id) => id && id !== note.id && !id.endsWith('_error'));
    field.setAttribute('aria-describedby', [...others, note.id].join(' '));
  }

  document.addEventListener('input', (event) => { if (event.target.matches?.('[data-phone]')) hint(event.target, event.target.getAttribute('aria-invalid') === 'true'); });
  document.addEventListener('change', (event) => { if (event.target.matches?.('[data-phone]')) hint(event.target, true); });

  // The second tap of a double one is swallowed; the key in the form would make it harmless anyway.
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!form.matches?.('[data-once]') || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = 'true';
    setTimeout(() => { delete form.dataset.sent; }, 8000);
  });
  window.addEventListener('pageshow', () => document.querySelectorAll('[data-sent]').forEach((form) => { delete form.dataset.sent; }));

  const open = document.querySelector('details.choice[open] [aria-invalid=true], details.choice[open] .notice, form [aria-invalid=true]');
  if (open) { open.scrollIntoView({ block: 'center' }); if (open.matches('input, textarea, select')) open.focus(); }
})();
