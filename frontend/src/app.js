// The few scripts of the product. Pages work without them but for countdowns, drafts, previews and keys.
import Alpine from '@alpinejs/csp';
import { startBench } from './desk/bench.js';
import { startCalm } from './desk/calm.js';
import { components } from './desk/components.js';
import { startClocks } from './desk/clocks.js';
import { startConversation } from './desk/conversation.js';
import { startDates } from './desk/dates.js';
import { startDiagrams } from './desk/diagrams.js';
import { startDisclosures } from './desk/disclosures.js';
import { startDrafts } from './desk/drafts.js';
import { startFields } from './desk/fields.js';
import { startHtmx } from './desk/htmx.js';
import { startKeys } from './desk/keys.js';
import { startLists } from './desk/lists.js';
import { startOffers } from './desk/offers.js';
import { startPalette } from './desk/palette.js';
import { startPulse } from './desk/pulse.js';
import { startUploads } from './desk/uploads.js';
import { startVariables } from './desk/variables.js';
import { startViewer } from './desk/viewer.js';

for (const [name, component] of Object.entries(components)) Alpine.data(name, component);
window.Alpine = Alpine;

const start = () => {
  startHtmx();
  startCalm();
  startDiagrams();
  startDisclosures();
  startConversation();
  startFields();
  startDates();
  startBench();
  startDrafts();
  startUploads();
  startClocks();
  startOffers();
  startVariables();
  startPalette();
  startViewer();
  startKeys();
  startLists();
  startPulse();
  Alpine.start();
  document.documentElement.dataset.ready = 'true';
};
if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
else start();
