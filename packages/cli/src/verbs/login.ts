import { accessOptions, accessTo } from '../access.ts';
import { answer, jsonOption } from '../answer.ts';
import { oneArgument } from '../arguments.ts';
import { UsageError } from '../error.ts';
import { checkLogin } from '../login-check.ts';
import { ask, passwordFromStdin } from '../password.ts';
import { registryName } from '../registry-argument.ts';
import { printable } from '@ingot/workspace';
import type { Terminal, Verb, VerbValues } from '../verb.ts';

export const login: Verb = {
  name: 'login',
  synopsis: '<registry> [-u <user> --password-stdin] [--no-check] [--json]',
  summary: "Keeps a login for a registry in Docker's file or credential helper; asks for what is not given.",
  options: {
    username: { type: 'string', short: 'u', value: 'user', help: 'who logs in; else you are asked' },
    'password-stdin': { type: 'boolean', help: 'read the password or token from stdin; it is never an argument' },
    'no-check': { type: 'boolean', help: 'store it without asking the registry whether it is right' },
    json: jsonOption,
    ...accessOptions,
    authfile: { type: 'string', value: 'file', help: "where to keep it, instead of Docker's own file" },
  },
  examples: [
    'ingot login registry.example',
    'printenv REGISTRY_TOKEN | ingot login registry.example -u robot --password-stdin',
  ],

  async run(args, terminal) {
    const { values } = args;
    const registry = registryName(oneArgument(this, args, 'a registry'));
    const given = await credentialsFrom(values, terminal);
    const access = accessTo(registry, values, terminal);
    const { login: store } = await import('@ingot/registry');
    if (values['no-check'] !== true) await checkLogin(registry, given, access, terminal);
    const { env, stderr } = terminal;
    const onWarning = (text: string): void => void stderr.write(`warning: ${printable(text)}\n`);
    const { authFile } = access;
    const done = await store(registry, given, { env, onWarning, ...(authFile === undefined ? {} : { authFile }) });
    if (done.hiddenBy !== undefined) {
      onWarning(`it will not be used: other credentials for ${registry} are found first, in ${done.hiddenBy}`);
    }
    answer(terminal, values, { ...done, username: given.username }, [
      `logged in to ${done.registry} as ${given.username}, kept in ${done.storedIn}`,
    ]);
    return 0;
  },
};

async function credentialsFrom(values: VerbValues, terminal: Terminal) {
  const fromStdin = values['password-stdin'] === true;
  const { username: written } = values;
  if (fromStdin && typeof written !== 'string') throw new UsageError('--password-stdin wants a user', 'Add -u USER.');
  const username = typeof written === 'string' ? written : (await ask('User name: ', terminal, false)).trim();
  checkUser(username);
  const password = fromStdin
    ? await passwordFromStdin(terminal.stdin)
    : await ask('Password or token (not shown): ', terminal, true);
  if (password === '') throw new UsageError('the password is empty', 'Type the password, or an access token.');
  return { username, password };
}

function checkUser(username: string): void {
  // A colon would end the name: RFC 7617.
  if (username !== '' && !/[:\p{Cc}]/u.test(username)) return;
  throw new UsageError(
    'the user name is empty, or has a ":"',
    'The password is asked for by itself, or read from stdin.',
  );
}
