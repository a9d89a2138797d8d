import type { Verb } from '../verb.ts';
import { attach } from './attach.ts';
import { copy } from './copy.ts';
import { discover } from './discover.ts';
import { extract } from './extract.ts';
import { inspect } from './inspect.ts';
import { list } from './list.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { tag } from './tag.ts';
import { url } from './url.ts';
import { verify } from './verify.ts';

/** Every verb of the program, in the order of the help. */
export const verbs: readonly Verb[] = [verify, list, extract, copy, tag, inspect, url, attach, discover, login, logout];
