import type { Verb } from '../verb.ts';
import { extract } from './extract.ts';
import { list } from './list.ts';
import { verify } from './verify.ts';

/** Every verb of the program, in the order of the help. */
export const verbs: readonly Verb[] = [verify, list, extract];
