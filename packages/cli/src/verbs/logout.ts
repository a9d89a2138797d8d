import { resolve } from 'node:path';
import { answer, jsonOption } from '../answer.ts';
import { oneArgument } from '../arguments.ts';
import { registryName } from '../registry-argument.ts';
import { printable } from '@ingot/workspace';
import type { Verb } from '../verb.ts';

export const logout: Verb = {
  name: 'logout',
  synopsis: '<registry> [--json]',
  summary: "Forgets the login for a registry: takes it out of Docker's file or credential helper.",
  options: {
    json: jsonOption,
    authfile: { type: 'string', value: 'file', help: "where it is kept, instead of Docker's own file" },
  },
  examples: ['ingot logout registry.example'],

  async run(args, terminal) {
    const { values } = args;
    const registry = registryName(oneArgument(this, args, 'a registry'));
    const { logout: forget } = await import('@ingot/registry');
    const { authfile } = values;
    const { env, stderr } = terminal;
    const done = await forget(registry, {
      env,
      ...(typeof authfile === 'string' ? { authFile: resolve(terminal.cwd(), authfile) } : {}),
    });
    if (done.remainsIn !== undefined) {
      stderr.write(`warning: there still are credentials for ${registry}, in ${printable(done.remainsIn)}\n`);
    }
    const { removedFrom } = done;
    answer(terminal, values, done, [
      removedFrom === undefined
        ? `nobody was logged in to ${registry}`
        : `logged out of ${registry}, in ${removedFrom}`,
    ]);
    return 0;
  },
};
