// Between htmx and the reader: what is said, where the focus goes, what a refusal means.
import { announce, banner, closeBanner, make, say } from './page.js';

function cookie(name) {
  const found = document.cookie.split('; ').find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : '';
}

/** The newest token: another tab may have signed in again meanwhile. */
export const token = () => cookie('tuoshan_csrf');

function signInLink(address) {
  const link = make('a', 'btn btn-sm btn-primary', say('sign_in'));
  const back = location.pathname + location.search;
  link.href = `${address}?next=${encodeURIComponent(back)}`;
  return link;
}

function explain(status, text, address) {
  if (status === 401) banner('request', 'warn', say('signed_out'), [signInLink(address || '/accounts/sign-in')]);
  else if (status === 403) banner('request', 'late', text || say('not_allowed'));
  else if (status === 404) banner('request', 'late', say('not_found'));
  else if (status === 413) banner('request', 'late', say('too_large'));
  else if (status === 429) banner('request', 'warn', say('too_often'));
  else banner('request', 'late', say('server_failed'));
}

export function startHtmx() {
  document.addEventListener('htmx:configRequest', (event) => {
    if (event.detail.verb === 'get') return;
    const fresh = token();
    if (!fresh) return;
    event.detail.headers['X-CSRFToken'] = fresh;
    const { parameters } = event.detail;
    if (parameters.csrfmiddlewaretoken) parameters.csrfmiddlewaretoken = fresh;
  });
  document.addEventListener('submit', (event) => {
    const field = event.target.elements.csrfmiddlewaretoken;
    const fresh = token();
    if (field && fresh) field.value = fresh;
    // back to where one is now, which may be further than where the page was loaded
    if (event.target.matches('[data-back]')) event.target.elements.next.value = location.pathname + location.search;
  }, true);
  document.addEventListener('htmx:responseError', (event) => {
    const { xhr } = event.detail;
    const plain = (xhr.getResponseHeader('Content-Type') || '').startsWith('text/plain');
    explain(xhr.status, plain ? xhr.responseText.slice(0, 300) : '', xhr.getResponseHeader('X-Sign-In'));
  });
  document.addEventListener('htmx:sendError', () => banner('request', 'late', say('no_connection')));
  document.addEventListener('htmx:timeout', () => banner('request', 'late', say('no_connection')));
  document.addEventListener('htmx:afterOnLoad', (event) => { if (event.detail.xhr.status < 400) closeBanner('request'); });
  document.addEventListener('htmx:afterSettle', (event) => {
    const target = event.detail.elt;
    if (!target?.querySelector) return;
    announce(target.querySelector('[data-say]')?.dataset.say);
    if (target.matches('[hx-ext] *')) return; // leads its reader by itself
    const wanted = target.querySelector('[aria-invalid=true]') || target.querySelector('[data-focus]');
    if (wanted && (document.activeElement === document.body || target.contains(document.activeElement) || wanted.matches('[aria-invalid=true]'))) {
      wanted.focus({ preventScroll: false });
    }
  });
  // `HX-Trigger: {"say": "…"}` announces; `HX-Trigger: {"banner": {"kind": "ok", "text": "…"}}` also shows.
  document.addEventListener('say', (event) => announce(event.detail?.value ?? event.detail));
  document.addEventListener('banner', (event) => banner('server', event.detail.kind || 'ok', event.detail.text || ''));
}
