// The evidence viewer: links `<a data-view data-kind="image|pdf|video|audio|other" data-name data-note href>` inside `data-views`.
let dialog, stage, group = [], at = 0;

function show(index) {
  at = (index + group.length) % group.length;
  const { href } = group[at];
  const { kind = 'other', name = '', note = '' } = group[at].dataset;
  magnify(false);
  stage.replaceChildren();
  if (kind === 'image') {
    const picture = document.createElement('img');
    picture.src = href;
    picture.alt = name;
    picture.addEventListener('click', zoom);
    stage.append(picture);
  } else if (kind === 'pdf') {
    const frame = document.createElement('iframe');
    frame.src = href;
    frame.title = name;
    stage.append(frame);
  } else if (kind === 'video' || kind === 'audio') {
    const player = document.createElement(kind);
    player.src = href;
    player.controls = true;
    player.preload = 'metadata';
    player.setAttribute('aria-label', name);
    stage.append(player);
  } else stage.append(Object.assign(document.createElement('p'), { textContent: name }));
  dialog.querySelector('.name').textContent = name;
  dialog.querySelector('[data-place]').textContent = `${at + 1} / ${group.length}`;
  dialog.querySelector('[data-note]').textContent = note;
  dialog.querySelector('[data-download]').href = href;
  for (const button of dialog.querySelectorAll('[data-step]')) button.hidden = group.length < 2;
}

function isMagnified() { return stage.dataset.zoom === 'true'; }

// A picture larger than the stage is scrolled with the arrow keys, so the stage takes the focus while it is.
function magnify(larger) {
  stage.dataset.zoom = String(larger);
  if (larger) {
    stage.tabIndex = 0;
    stage.focus();
  } else {
    if (document.activeElement === stage) dialog.querySelector('[data-zoom-button]').focus();
    stage.removeAttribute('tabindex');
  }
}

function zoom() { magnify(!isMagnified()); }

export function startViewer() {
  dialog = document.getElementById('viewer');
  if (!dialog) return;
  stage = dialog.querySelector('.stage');
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a[data-view]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    group = [...(link.closest('[data-views]') ?? link.parentElement).querySelectorAll('a[data-view]')];
    show(group.indexOf(link));
    dialog.showModal();
  });
  dialog.addEventListener('click', (event) => {
    const step = event.target.closest('[data-step]');
    if (step) show(at + Number(step.dataset.step));
    if (event.target.closest('[data-zoom-button]')) zoom();
  });
  dialog.addEventListener('keydown', (event) => {
    if (isMagnified() && event.target === stage && event.key.startsWith('Arrow')) return;
    if (event.key === 'ArrowRight') show(at + 1);
    else if (event.key === 'ArrowLeft') show(at - 1);
    else if (event.key === 'z') zoom();
  });
  dialog.addEventListener('close', () => { stage.replaceChildren(); group[at]?.focus(); });
}
