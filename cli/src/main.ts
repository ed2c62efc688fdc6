import { runCommandLine } from './run-command-line.ts';

if (!(await runCommandLine(process.argv.slice(2)))) process.exitCode = 1;
