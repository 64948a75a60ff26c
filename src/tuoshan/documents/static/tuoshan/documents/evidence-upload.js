// Uploads picked, dropped or pasted files at once, while the rest of the form is filled; see upload_field.html.
(() => {
  if (window.tuoshanEvidenceUpload) return;
  window.tuoshanEvidenceUpload = true;

  const fieldOf = (element) => element?.closest?.('[data-evidence-field]')
    ?? element?.closest?.('form')?.querySelector('[data-evidence-field]') ?? null;
  const say = (field, key, values = {}) => (field.dataset[`text${key}`] ?? '').replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
  const tell = (field, text) => { field.querySelector('[data-status]').textContent = text; };
  const crossSite = () => document.cookie.match(/(?:^|; )tuoshan_csrf=([^;]+)/)?.[1]
    ?? document.querySelector('input[name=csrfmiddlewaretoken]')?.value ?? '';

  function make(kind, css, ...children) {
    const element = document.createElement(kind);
    if (css) element.className = css;
    element.append(...children);
    return element;
  }

  function icon(name, css) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('class', css);
    svg.setAttribute('aria-hidden', 'true');
    const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
    use.setAttribute('href', `${document.documentElement.dataset.icons ?? ''}#${name}`);
    svg.append(use);
    return svg;
  }

  function refuse(field, text) {
    const place = field.querySelector('[data-refused]');
    place.append(make('span', 'block', text));
  }

  function post(url, fields, progress) {
    return new Promise((resolve) => {
      const body = new FormData();
      for (const [name, value] of Object.entries(fields)) body.append(name, value);
      const request = new XMLHttpRequest();
      request.open('POST', url);
      request.setRequestHeader('X-CSRFToken', crossSite());
      request.setRequestHeader('Accept', 'application/json');
      request.responseType = 'json';
      if (progress) request.upload.addEventListener('progress', (event) => { if (event.lengthComputable) progress(event.loaded, event.total); });
      request.addEventListener('load', () => resolve({ status: request.status, reply: request.response ?? {} }));
      for (const lost of ['error', 'timeout', 'abort']) request.addEventListener(lost, () => resolve({ status: 0, reply: {} }));
      request.send(body);
    });
  }

  async function send(field, file) {
    const bar = make('progress');
    bar.max = 100;
    bar.setAttribute('aria-label', say(field, 'Busy', { name: file.name }));
    const place = make('li', '', make('span', 'thumb grid place-items-center', icon('upload', 'ic ic-l')), make('span', 'name', file.name), bar);
    place.dataset.busy = 'true';
    field.querySelector('ul').insertBefore(place, field.querySelector('[data-add]'));
    const { status, reply } = await post(
      field.dataset.url, { file, token: field.dataset.token, kind: field.dataset.kind },
      (loaded, total) => { bar.max = total; bar.value = loaded; },
    );
    if (status !== 201) {
      place.remove();
      refuse(field, reply?.error ?? say(field, 'Lost', { name: file.name }));
      return;
    }
    if (field.querySelector(`[data-file="${reply.id}"]`)) { place.remove(); return; } // the same file picked twice
    show(field, place, reply);
    changed(field);
    tell(field, say(field, 'Done', { name: reply.name }));
  }

  /** A file that lies in the draft, at its place in the list. */
  function show(field, place, reply) {
    const picture = reply.thumb_url ? make('img', 'thumb') : make('span', 'thumb grid place-items-center', icon('file', 'ic ic-l'));
    if (reply.thumb_url) { picture.src = reply.thumb_url; picture.alt = reply.name; }
    const remove = make('button', 'remove', icon('x', 'ic ic-s'));
    remove.type = 'button';
    remove.dataset.remove = '';
    remove.setAttribute('aria-label', say(field, 'Remove', { name: reply.name }));
    const sent = make('input');
    Object.assign(sent, { type: 'hidden', name: 'upload_ids', value: reply.id });
    place.replaceChildren(sent, picture, make('span', 'name', reply.name), remove);
    place.dataset.file = reply.id;
    delete place.dataset.busy;
  }

  /** The draft of the form keeps what is uploaded (see drafts.js). */
  const changed = (field) => field.dispatchEvent(new CustomEvent('tuoshan:uploads', { bubbles: true }));

  /** What was uploaded before the session lapsed: shown again under its token; what is kept no longer is named. */
  async function restore(field) {
    const { token: theirs, files } = JSON.parse(field.dataset.restore);
    const token = theirs || field.dataset.token;
    delete field.dataset.restore;
    const place = make('li');
    place.dataset.busy = 'true';
    field.querySelector('ul').insertBefore(place, field.querySelector('[data-add]'));
    const { status, reply } = await post(field.dataset.draftedUrl, { token });
    place.remove();
    if (status !== 200) {
      for (const { name } of files) refuse(field, say(field, 'Lost', { name }));
      return;
    }
    if (reply.files.length) {
      field.dataset.token = token;
      field.querySelector('[name=upload_token]').value = token;
    }
    for (const file of reply.files) {
      if (field.querySelector(`[data-file="${file.id}"]`)) continue;
      const row = make('li');
      field.querySelector('ul').insertBefore(row, field.querySelector('[data-add]'));
      show(field, row, file);
    }
    const known = new Set([...reply.files.map((file) => file.id), ...reply.taken]);
    for (const { id, name } of files) if (!known.has(id)) refuse(field, say(field, 'Gone', { name }));
    changed(field);
  }

  // What the browser does not know by its name may be of any kind: the server, which looks inside, says so.
  function mostMegabytes(field, file) {
    const { imageMegabytes, videoMegabytes, otherMegabytes } = field.dataset;
    const [family] = file.type.split('/');
    if (!family) return Math.max(imageMegabytes, videoMegabytes, otherMegabytes);
    return Number({ image: imageMegabytes, video: videoMegabytes }[family] ?? otherMegabytes);
  }

  async function take(field, files) {
    field.querySelector('[data-refused]').replaceChildren();
    const waiting = [];
    let room = Number(field.dataset.most) - field.querySelectorAll('[data-file], [data-busy]').length;
    for (const file of files) {
      const limit = mostMegabytes(field, file);
      if (file.size > limit * 1024 * 1024) refuse(field, say(field, 'Large', { name: file.name, limit }));
      else if (room <= 0) { refuse(field, say(field, 'Many')); break; }
      else { room -= 1; waiting.push(file); }
    }
    const worker = async () => { for (let file = waiting.shift(); file; file = waiting.shift()) await send(field, file); };
    await Promise.all([worker(), worker()]);
  }

  document.addEventListener('change', (event) => {
    if (!event.target.matches?.('[data-evidence-field] input[type=file]')) return;
    const files = [...event.target.files];
    event.target.value = ''; // or the files would travel with the form once more
    take(fieldOf(event.target), files);
  });
  document.addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    const field = files.length ? fieldOf(event.target) : null;
    if (field) { event.preventDefault(); take(field, files); }
  });
  for (const kind of ['dragover', 'dragleave', 'drop']) {
    document.addEventListener(kind, (event) => {
      const field = event.target.closest?.('[data-evidence-field]');
      if (!field) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      field.querySelector('.drop').dataset.over = String(kind === 'dragover');
      if (kind === 'drop') take(field, [...event.dataTransfer.files]);
    }, true);
  }
  async function remove(field, place) {
    const button = place.querySelector('[data-remove]');
    const name = place.querySelector('.name')?.textContent ?? '';
    button.disabled = true;
    const { status } = await post(field.dataset.discardUrl, { id: place.dataset.file, token: field.dataset.token });
    if (status === 200 || status === 404) {
      place.remove();
      changed(field);
      tell(field, say(field, 'Removed', { name }));
      return true;
    }
    button.disabled = false;
    refuse(field, say(field, 'Lost', { name }));
    return false;
  }

  document.addEventListener('click', async (event) => {
    const button = event.target.closest?.('[data-evidence-field] [data-remove]');
    if (!button) return;
    const field = fieldOf(button);
    if (await remove(field, button.closest('li'))) field.querySelector('input[type=file]').focus();
  });
  document.addEventListener('tuoshan:restore', (event) => restore(event.target));
  document.addEventListener('tuoshan:discard', (event) => {
    const field = event.target;
    field.querySelector('[data-refused]').replaceChildren();
    for (const place of field.querySelectorAll('[data-file]')) remove(field, place);
  });
  document.querySelectorAll('[data-evidence-field][data-restore]').forEach(restore);
  document.addEventListener('submit', (event) => {
    const field = event.target.querySelector?.('[data-evidence-field]');
    if (!field?.querySelector('[data-busy]')) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    field.querySelector('[data-refused]').replaceChildren();
    refuse(field, say(field, 'Wait'));
  }, true);
})();
