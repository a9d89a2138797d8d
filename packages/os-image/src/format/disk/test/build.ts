import { mkdirSync } from 'node:fs';
import { makeDisk } from '../make.ts';
import { diskInput } from './disk-input.ts';

/** Builds the test's disk in a process of its own, for other users, umasks and time zones: `node build.ts <folder>`. */
const folder = process.argv[2]!;
process.umask(0o077);
mkdirSync(folder);
const made = await makeDisk(await diskInput(folder, { outputs: ['raw', 'qcow2', 'qcow2-compressed'] }));
process.stdout.write(JSON.stringify({ uid: process.getuid!(), zone: process.env['TZ'], made }));
