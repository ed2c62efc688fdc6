import { parseArgs } from 'node:util';
import { compare } from './compare.ts';
import { LIMIT, OURS, PLAIN } from './contestants/names.ts';
import { OPERATIONS } from './operations.ts';
import { shapeName } from './shapes.ts';
import { table } from './table.ts';
import { openTeams } from './teams.ts';

const HELP = `npm run bench -- [options]

  --norm TEXT        only operations whose name contains TEXT
  --shape TEXT       only shapes that contain TEXT: 8x64x56x56
  --contestant TEXT  only contestants whose name contains TEXT, beside
                     ${LIMIT}, "${OURS}" and ${PLAIN}
  --quick            a tenth of the time, more noise
  --help             prints this

Each filter may be given several times.`;

const { values: options } = parseArgs({
  options: {
    norm: { type: 'string', multiple: true },
    shape: { type: 'string', multiple: true },
    contestant: { type: 'string', multiple: true },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) console.log(HELP);
else await compareAll();

async function compareAll(): Promise<void> {
  const effort = options.quick ? { rounds: 3, seconds: 0.02 } : { rounds: 7, seconds: 0.1 };
  const teams = await openTeams();
  for (const operation of OPERATIONS.filter(({ name }) => passes(options.norm, name))) {
    for (const shape of operation.shapes) {
      if (!passes(options.shape, shapeName(shape))) continue;
      const problem = { operation, shape };
      const contestants = teams
        .flatMap((team) => team.enter(problem))
        .filter(
          ({ name }) => [LIMIT, OURS, PLAIN].includes(name) || passes(options.contestant, name),
        );
      console.log(table(await compare(problem, contestants, effort)));
      for (const contestant of contestants) await contestant.release?.();
    }
  }
  for (const team of teams) team.close?.();
}

function passes(filters: readonly string[] | undefined, name: string): boolean {
  return filters === undefined || filters.some((text) => name.includes(text));
}
