import { startNormalization } from './normalization/section.ts';
import { startRestyling } from './restyle/section.ts';

startRestyling();
startNormalization();
await navigator.serviceWorker?.register('service-worker.js');
