import { run } from '../../run.mjs';

export const dynamic = 'force-dynamic';

export async function GET() {
  const line = await run(
    () => import('wasm-norm'),
    () => import('../../bits.js'),
  );
  return new Response(line);
}
