// What is typed into a form marked `data-draft="KEY"` survives a lapsed session, a crash and a wrong click.
// It is kept on this device for its user alone, for seven days at most, until the form has been accepted. So is under
// which token its files were uploaded, and by whom: the server gives them back to that person alone.
import { all, announce, icon, make, onContent, say, userKey } from './page.js';

const LIFE = 7 * 24 * 3600 * 1000;
const SKIPPED = /^(password|file|hidden|submit|button|reset)$/;
const prefix = () => `tuoshan.draft.${userKey()}.`;
const nameOf = (form) => prefix() + form.dataset.draft;

const store = {
  get(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full or forbidden */ } },
  remove(key) { try { localStorage.removeItem(key); } catch { /* forbidden */ } },
  keys() { try { return Object.keys(localStorage); } catch { return []; } },
};

function read(form) {
  const values = {};
  for (const control of form.elements) {
    if (!control.name || SKIPPED.test(control.type)) continue;
    if (control.type === 'checkbox' || control.type === 'radio') {
      values[control.name] ??= [];
      if (control.checked) values[control.name].push(control.value);
    } else if (control.multiple) values[control.name] = [...control.selectedOptions].map((option) => option.value);
    else values[control.name] = control.value;
  }
  return values;
}

function write(form, values) {
  for (const control of form.elements) {
    const value = values[control.name];
    if (value === undefined || SKIPPED.test(control.type)) continue;
    if (control.type === 'checkbox' || control.type === 'radio') control.checked = value.includes(control.value);
    else if (control.multiple) for (const option of control.options) option.selected = value.includes(option.value);
    else control.value = value;
    control.dispatchEvent(new Event('change', { bubbles: true }));
  }
}

const uploadField = (form) => form.querySelector('[data-evidence-field]');
const coming = new WeakMap(); // form → uploads that are being restored

function uploads(form) {
  const field = uploadField(form);
  if (!field) return null;
  const files = [...field.querySelectorAll('[data-file]')]
    .map((row) => ({ id: row.dataset.file, name: row.querySelector('.name')?.textContent ?? '' }));
  if (!files.length) return coming.get(form) ?? null;
  const { token, holder } = field.dataset;
  return { token: holder && token, holder, files }; // of nobody in particular only the names, to say what is gone
}

function restorable(form, kept) {
  const field = uploadField(form);
  if (!kept || kept.holder !== field?.dataset.holder) return false;
  if (form.hasAttribute('data-failed')) return false; // the server has just said what became of them
  return kept.files.some(({ id }) => !field.querySelector(`[data-file="${CSS.escape(id)}"]`));
}

function restoreUploads(form, kept) {
  const field = uploadField(form);
  coming.set(form, kept);
  const folds = [...form.querySelectorAll('details')];
  folds.filter((fold) => fold.contains(field)).forEach((fold) => { fold.open = true; });
  field.dataset.restore = JSON.stringify(kept); // for the script of the field, whichever of the two is there first
  field.dispatchEvent(new CustomEvent('tuoshan:restore', { bubbles: true }));
}

const saving = new Map(); // form → timer of the change that is not yet kept
function saveSoon(form) {
  clearTimeout(saving.get(form));
  saving.set(form, setTimeout(() => save(form), 300));
}
function save(form) {
  clearTimeout(saving.get(form));
  saving.delete(form);
  if (form.isConnected && form.dataset.draft) {
    store.set(nameOf(form), { at: Date.now(), values: read(form), uploads: uploads(form) });
  }
}
function forget(form) {
  clearTimeout(saving.get(form));
  saving.delete(form);
  store.remove(nameOf(form));
  form.querySelector('[data-draft-notice]')?.remove();
}

// `data-draft-of="NAME"`: the field that says whom the draft is about. The next call is mostly somebody else's, so the
// notice says whose it is, and typing there replaces what was restored.
const masked = (phone) => phone.replace(/^(.{3}).*(.{4})$/, '$1****$2');

function told(form, time) {
  const about = form.elements[form.dataset.draftOf];
  return about?.value.trim() ? say('draft_restored_of', { time, who: masked(about.value.trim()) }) : say('draft_restored', { time });
}

function readyToReplace(field) {
  if (!field?.value) return;
  if (document.activeElement === field) field.select();
  else field.addEventListener('focus', () => requestAnimationFrame(() => field.select()), { once: true });
}

// What stands beside a form is looked up by its changes; those of a page that is still loading are not heard yet.
function tellAgain(field) {
  const tell = () => field?.dispatchEvent(new Event('change', { bubbles: true }));
  if (document.readyState === 'complete') tell();
  else addEventListener('load', tell, { once: true });
}

function offer(form) {
  if (form.dataset.draftSeen) return;
  form.dataset.draftSeen = 'true';
  const kept = store.get(nameOf(form));
  if (!kept || Date.now() - kept.at > LIFE) return;
  const empty = read(form);
  const files = restorable(form, kept.uploads);
  if (JSON.stringify(kept.values) === JSON.stringify(empty) && !files) return;
  if (form.querySelector('[aria-invalid=true], [data-failed]')) return; // the server has just given back what was typed
  write(form, kept.values);
  if (files) restoreUploads(form, kept.uploads);
  const discard = make('button', 'btn btn-xs btn-line', say('draft_discard'));
  discard.type = 'button';
  const time = new Date(kept.at).toLocaleString(document.documentElement.lang, { dateStyle: 'short', timeStyle: 'short' });
  const text = told(form, time);
  const notice = make('div', 'notice n-draft', icon('note'), make('div', '', text), discard);
  notice.dataset.draftNotice = 'true';
  discard.addEventListener('click', () => {
    uploadField(form)?.dispatchEvent(new CustomEvent('tuoshan:discard', { bubbles: true }));
    forget(form);
    write(form, empty);
    form.querySelector('input:not([type=hidden]), textarea')?.focus();
  });
  form.prepend(notice);
  announce(text);
  readyToReplace(form.elements[form.dataset.draftOf]);
  tellAgain(form.elements[form.dataset.draftOf]);
}

// A form sent the plain way takes its page along, so what comes next tells how it went: the same form with
// errors or a failure said aloud – not accepted; the sign-in page, or the portal's page that asks for number and
// phone – not accepted, and back after it; a step back in the browser – not known; anything else – accepted.
const PENDING = 'tuoshan.sent';
const pending = {
  get() { try { return JSON.parse(sessionStorage.getItem(PENDING)); } catch { return null; } },
  set(value) { try { sessionStorage.setItem(PENDING, JSON.stringify(value)); } catch { /* forbidden */ } },
  clear() { try { sessionStorage.removeItem(PENDING); } catch { /* forbidden */ } },
};

function settlePlainSubmit() {
  const sent = pending.get();
  if (!sent) return;
  const { page } = document.documentElement.dataset;
  if (page === 'sign-in' || page === 'track') {
    pending.set({ ...sent, signedOut: true });
    if (page === 'track') sayKept();
    return;
  }
  pending.clear();
  const cameBack = performance.getEntriesByType('navigation')[0]?.type === 'back_forward';
  const again = document.querySelector(`form[data-draft="${CSS.escape(sent.draft)}"]`);
  const refused = document.querySelector('[data-failed]') || again?.querySelector('[aria-invalid=true]');
  if (!sent.signedOut && !cameBack && !refused) store.remove(sent.name);
}

function sayKept() {
  const kept = make('div', 'notice n-draft mb-4', icon('note'), make('div', '', say('draft_open_again')));
  document.getElementById('track')?.after(kept);
  announce(say('draft_open_again'));
}

function purge() {
  for (const key of store.keys()) {
    if (key.startsWith('tuoshan.draft.') && Date.now() - (store.get(key)?.at ?? 0) > LIFE) store.remove(key);
  }
}

export function startDrafts() {
  purge();
  settlePlainSubmit();
  onContent((root) => all(root, 'form[data-draft]').forEach(offer));
  const changed = (event) => { const form = event.target.form; if (form?.dataset.draft) saveSoon(form); };
  document.addEventListener('input', changed); // also what a script writes for somebody: a quick reply, a variable
  document.addEventListener('change', (event) => { if (event.isTrusted) changed(event); }); // not what is restored
  document.addEventListener('tuoshan:uploads', (event) => {
    const form = event.target.closest('form[data-draft]');
    if (!form) return;
    coming.delete(form);
    if (uploads(form) || store.get(nameOf(form))) save(form);
  });
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.hasAttribute('data-signs-out')) {
      for (const key of store.keys()) if (key.startsWith(prefix())) store.remove(key);
    } else if (form.dataset.draft) {
      save(form);
      if (!form.hasAttribute('hx-post')) pending.set({ name: nameOf(form), draft: form.dataset.draft });
    }
  });
  // Before anything is done with the answer: one that leads elsewhere (HX-Location) is never swapped in.
  document.addEventListener('htmx:beforeOnLoad', (event) => {
    const { elt, xhr, requestConfig } = event.detail;
    const accepted = requestConfig?.verb === 'post' && xhr.status >= 200 && xhr.status < 300;
    if (accepted && elt.matches?.('form[data-draft]')) forget(elt);
  });
  addEventListener('pagehide', () => { for (const form of [...saving.keys()]) save(form); });
}
