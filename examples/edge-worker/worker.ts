import { respond } from './routes.ts';

export default { fetch: respond };
