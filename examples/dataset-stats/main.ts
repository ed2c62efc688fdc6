import { basename } from 'node:path';
import { writeWhole } from '../common/files.ts';
import { Refusal } from '../common/refusal.ts';
import { Stopwatch } from '../common/stopwatch.ts';
import { type Options, parseArguments, USAGE } from './arguments.ts';
import { drawHistograms } from './histogram.ts';
import { listPictures } from './picture-list.ts';
import { jsonReport, textReport } from './report.ts';
import { resumeSurvey, survey } from './survey.ts';

try {
  const command = parseArguments(process.argv.slice(2));
  if (command.name === 'help') console.log(USAGE);
  else await run(command.options);
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message.replaceAll(/\s+/g, ' '));
  process.exitCode = 1;
}

async function run({ folder, resume, histogram, json }: Options): Promise<void> {
  const stopwatch = new Stopwatch();
  const pictures = await listPictures(folder);
  const statistics =
    resume === undefined
      ? await survey(pictures, stopwatch)
      : await resumeSurvey(pictures, resume, stopwatch);
  if (statistics === null) return;
  if (statistics.pictures === 0) {
    const [first] = statistics.unreadable;
    throw new Refusal(
      `${folder}: none of ${statistics.files} pictures could be read; ${first?.file}: ${first?.reason}`,
    );
  }
  if (json) {
    console.log(jsonReport(pictures.folder, statistics));
  } else {
    console.log(textReport(statistics));
    const costs = [...stopwatch.parts(), `${residentMegabytes()} MB of memory at most`];
    console.log(`\nThis run: ${costs.join(', ')}`);
  }
  if (histogram !== undefined) {
    await writeWhole(histogram, drawHistograms(basename(pictures.folder), statistics));
  }
}

function residentMegabytes(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}
