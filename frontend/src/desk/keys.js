// Keys. Single ones work outside fields only, never while an input method composes, and can be switched off.
import { closeInnermost } from './disclosures.js';
import { isComposing, isField, isVisible } from './page.js';
import { togglePalette } from './palette.js';

const usesSingleKeys = () => { try { return localStorage.getItem('tuoshan.keys') !== 'off'; } catch { return true; } };

const rowsOf = (area) => [...area.querySelectorAll('.row, [data-row]')].filter(isVisible);

function move(step) {
  const area = document.activeElement?.closest?.('[data-rows]') ?? document.querySelector('[data-rows]');
  if (!area) return false;
  const rows = rowsOf(area);
  if (!rows.length) return false;
  let at = rows.findIndex((row) => row === document.activeElement || row.contains(document.activeElement));
  if (at < 0) at = rows.findIndex((row) => row.hasAttribute('aria-current')) - (step > 0 ? 0 : 1);
  const next = rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
  (next.matches('a, button, [tabindex]') ? next : next.querySelector('a, button'))?.focus();
  next.scrollIntoView({ block: 'nearest' });
  return true;
}

function pick() {
  const at = document.activeElement;
  const box = (at?.closest?.('tr, li, [data-row]') ?? at?.closest?.('.row'))?.querySelector('[data-pick]');
  box?.click();
  return !!box;
}

function press(key) {
  const found = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((element) => isVisible(element) && !element.disabled && element.getAttribute('aria-disabled') !== 'true');
  if (!found) return false;
  if (isField(found)) found.focus(); else found.click();
  return true;
}

function focusSearch() {
  const field = [...document.querySelectorAll('[data-search]')].find(isVisible);
  field?.focus();
  field?.select?.();
  return !!field;
}

function single(event) {
  switch (event.key) {
    case 'j': return move(1);
    case 'k': return move(-1);
    case 'x': return pick();
    case '/': return focusSearch();
    case '?': { const help = document.getElementById('keys-help'); help?.showModal(); return !!help; }
    default: return event.key.length === 1 && press(event.key.toLowerCase());
  }
}

export function startKeys() {
  document.addEventListener('keydown', (event) => {
    if (isComposing(event) || event.defaultPrevented) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
      if (togglePalette()) event.preventDefault();
      return;
    }
    const dialog = document.querySelector('dialog[open]');
    if (event.key === 'Escape' && !dialog) {
      if (closeInnermost(event.target)) event.preventDefault();
      else if (isField(event.target)) event.target.blur();
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key === 'Enter' && event.target.form) {
      event.target.form.requestSubmit();
      event.preventDefault();
      return;
    }
    if (dialog || event.ctrlKey || event.metaKey || event.altKey || event.repeat && !['j', 'k'].includes(event.key)) return;
    if (isField(event.target) || !usesSingleKeys()) return;
    if (single(event)) event.preventDefault();
  });
  const box = document.querySelector('[data-single-keys]');
  if (box) {
    box.checked = usesSingleKeys();
    box.addEventListener('change', () => { try { localStorage.setItem('tuoshan.keys', box.checked ? 'on' : 'off'); } catch { /* this page only */ } });
  }
}
