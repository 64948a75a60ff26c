// Photos and files: preview before sending, removal, dropping, pasting, progress. `<input type=file data-upload>`
// with `data-list="ID"` of a list; `data-max` files of at most `data-max-mb` each.
import { announce, icon, make, say } from './page.js';

const SHOWN = /^image\/(jpeg|png|gif|webp|avif|bmp|svg\+xml)$/;

function put(input, files) {
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  input.files = transfer.files;
  show(input);
}

function add(input, added) {
  const limit = Number(input.dataset.max || (input.multiple ? 20 : 1));
  const largest = Number(input.dataset.maxMb || 0) * 1024 * 1024;
  const kept = input.multiple ? [...(input.kept ?? [])] : [];
  const refused = [];
  for (const file of added) {
    if (largest && file.size > largest) refused.push(say('file_too_large', { name: file.name, limit: input.dataset.maxMb }));
    else if (kept.some((other) => other.name === file.name && other.size === file.size && other.lastModified === file.lastModified)) continue;
    else if (kept.length >= limit) { refused.push(say('too_many_files', { limit })); break; }
    else kept.push(file);
  }
  const problem = document.getElementById(`${input.id}_refused`);
  if (problem) { problem.textContent = refused.join(' '); problem.hidden = refused.length === 0; }
  announce(refused.join(' '));
  put(input, kept);
}

function show(input) {
  const files = [...input.files];
  input.kept = files;
  const list = document.getElementById(input.dataset.list || '');
  if (!list) return;
  for (const old of list.querySelectorAll('[data-preview]')) {
    const picture = old.querySelector('img');
    if (picture) URL.revokeObjectURL(picture.src);
    old.remove();
  }
  const before = list.querySelector('[data-add]');
  files.forEach((file, index) => {
    const item = make('li');
    item.dataset.preview = 'true';
    if (SHOWN.test(file.type)) {
      const picture = make('img', 'thumb');
      picture.src = URL.createObjectURL(file);
      picture.alt = say('picked_photo', { name: file.name });
      item.append(picture);
    } else item.append(make('span', 'thumb grid place-items-center', icon('file', 'ic ic-l')));
    item.append(make('span', 'name', file.name));
    const remove = make('button', 'remove', icon('x', 'ic ic-s'));
    remove.type = 'button';
    remove.setAttribute('aria-label', say('remove_file', { name: file.name }));
    remove.addEventListener('click', () => { put(input, files.filter((_, at) => at !== index)); input.focus(); });
    item.append(remove);
    list.insertBefore(item, before);
  });
}

const inputNear = (element) => element.closest?.('form')?.querySelector('input[type=file][data-upload]')
  ?? element.querySelector?.('input[type=file][data-upload]');

export function startUploads() {
  document.addEventListener('change', (event) => {
    if (event.target.matches?.('input[type=file][data-upload]')) add(event.target, [...event.target.files]);
  });
  document.addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    const input = files.length ? inputNear(event.target) : null;
    if (input) { event.preventDefault(); add(input, files); }
  });
  for (const kind of ['dragover', 'dragleave', 'drop']) {
    document.addEventListener(kind, (event) => {
      const zone = event.target.closest?.('.drop');
      if (!zone) return;
      event.preventDefault();
      zone.dataset.over = String(kind === 'dragover');
      const input = zone.querySelector('input[type=file]');
      if (kind === 'drop' && input && event.dataTransfer.files.length) add(input, [...event.dataTransfer.files]);
    });
  }
  document.addEventListener('htmx:xhr:progress', (event) => {
    const bar = event.target.querySelector?.('progress[data-upload-progress]');
    if (!bar || !event.detail.lengthComputable) return;
    bar.hidden = false;
    bar.max = event.detail.total;
    bar.value = event.detail.loaded;
  });
}
