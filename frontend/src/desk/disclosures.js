// Forms that open in place, and menus. `data-opens="ID"` opens the element ID (loading `data-src` first, if given);
// in a `data-one-open` group only one is open. Esc closes and gives the focus back to the opener.
import { all, isComposing, isVisible, onContent } from './page.js';

const FIRST = 'input:not([type=hidden]):not([disabled]), textarea, select, button';
const openerOf = (panel) => document.querySelector(`[data-opens="${CSS.escape(panel.id)}"][aria-expanded=true]`);

function focusFirst(panel) {
  const target = panel.querySelector('[data-first]') || panel.querySelector(FIRST);
  target?.focus({ preventScroll: true });
  panel.scrollIntoView({ block: 'nearest' });
}

export function openPanel(opener) {
  const panel = document.getElementById(opener.dataset.opens);
  if (!panel) return;
  for (const other of opener.closest('[data-one-open]')?.querySelectorAll('[data-opens][aria-expanded=true]') ?? []) {
    if (other !== opener) closePanel(other, false);
  }
  opener.setAttribute('aria-expanded', 'true');
  panel.hidden = false;
  const source = opener.dataset.src;
  if (source && panel.dataset.loaded !== source) {
    panel.dataset.loaded = source;
    window.htmx?.ajax('GET', source, { target: panel, swap: 'innerHTML' })?.then(() => focusFirst(panel));
  } else focusFirst(panel);
}

export function closePanel(opener, giveFocus = true) {
  const panel = document.getElementById(opener.dataset.opens);
  opener.setAttribute('aria-expanded', 'false');
  if (panel) panel.hidden = true;
  if (giveFocus) opener.focus();
}

function closeMenu(menu, giveFocus) {
  const button = menu.querySelector('[aria-expanded]');
  button?.setAttribute('aria-expanded', 'false');
  const pop = menu.querySelector('.menu-pop');
  if (pop) pop.hidden = true;
  if (giveFocus) button?.focus();
}

const openMenus = () => [...document.querySelectorAll('[data-menu]')].filter((menu) => !menu.querySelector('.menu-pop')?.hidden);

/** Close the innermost open thing around the focus; true when there was one. */
export function closeInnermost(from) {
  const menu = from?.closest?.('[data-menu]') ?? openMenus()[0];
  if (menu && openMenus().includes(menu)) { closeMenu(menu, true); return true; }
  for (let panel = from?.closest?.('[id]'); panel; panel = panel.parentElement?.closest('[id]')) {
    const opener = openerOf(panel);
    if (opener) { closePanel(opener); return true; }
  }
  const last = [...document.querySelectorAll('[data-opens][aria-expanded=true]')].filter(isVisible).pop();
  if (last) { closePanel(last); return true; }
  return false;
}

function moveInMenu(event) {
  const pop = event.target.closest?.('[data-menu]')?.querySelector('.menu-pop');
  if (!pop || pop.hidden || !['ArrowDown', 'ArrowUp', 'Home', 'End'].includes(event.key)) return;
  const items = [...pop.querySelectorAll('a[href], button:not([disabled])')];
  const at = items.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at < 0 ? items.length - 1 : at - 1, Home: 0, End: items.length - 1 }[event.key];
  items[(next + items.length) % items.length]?.focus();
  event.preventDefault();
}

export function startDisclosures() {
  // Where one is stays in sight in a rail that is longer than the window.
  document.querySelector('.rail [aria-current=page]')?.scrollIntoView({ block: 'nearest' });
  // The tab that one is on, where a phone shows only some of them.
  onContent((root) => { for (const tab of all(root, '.tabs > [aria-current=page]')) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 16; });
  // `data-open-now`: the address asked for this form.
  onContent((root) => {
    const wanted = all(root, '[data-open-now]').find((opener) => !opener.disabled);
    wanted?.removeAttribute('data-open-now');
    if (wanted) openPanel(wanted);
  });
  document.addEventListener('click', (event) => {
    const opener = event.target.closest?.('[data-opens]');
    if (opener) opener.getAttribute('aria-expanded') === 'true' ? closePanel(opener) : openPanel(opener);
    const closer = event.target.closest?.('[data-closes]');
    if (closer) {
      const panel = closer.dataset.closes ? document.getElementById(closer.dataset.closes) : closer.closest('[id][class~=action-form]');
      const owner = panel && openerOf(panel);
      if (owner) closePanel(owner);
    }
    const menuButton = event.target.closest?.('[data-menu] > [aria-expanded]');
    for (const menu of openMenus()) if (!menuButton || menu !== menuButton.parentElement) closeMenu(menu, false);
    if (menuButton) {
      const pop = menuButton.parentElement.querySelector('.menu-pop');
      pop.hidden = !pop.hidden;
      menuButton.setAttribute('aria-expanded', String(!pop.hidden));
      if (!pop.hidden) pop.querySelector('a[href], button')?.focus();
    }
    const dialogOpener = event.target.closest?.('[data-dialog]');
    if (dialogOpener) document.getElementById(dialogOpener.dataset.dialog)?.showModal();
    if (event.target.closest?.('[data-close-dialog]')) event.target.closest('dialog')?.close();
    if (event.target.matches?.('dialog[open]')) event.target.close(); // a click beside it
    if (event.target.closest?.('[data-print]')) window.print();
  });
  document.addEventListener('keydown', (event) => { if (!isComposing(event)) moveInMenu(event); });
  // `data-whole`: what has just been loaded into it is brought into sight to its last button.
  document.addEventListener('htmx:afterSettle', ({ detail }) => { if (detail.elt?.matches?.('[data-whole]')) detail.elt.scrollIntoView({ block: 'nearest' }); });
}
