import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { certificateAuthority } from '../../../../tools/registry/certificates.ts';
import { DockerRegistry } from '../../../../tools/registry/docker-registry.ts';
import { referee } from '../../../../tools/referee.ts';
import { registryTest } from '../test/registry-test.ts';

const { at, env, run, runWith, startRegistry } = registryTest();
const users = { alice: 'open sesame' };

const login = (stdin: string, ...args: string[]) => runWith({ stdin }, 'login', ...args, '--password-stdin');

const configFile = async () => JSON.parse(await readFile(at('home/.docker/config.json'), 'utf8')) as { auths: object };

/** Runs a program on a terminal of its own, types an answer as soon as there is a question, and prints all that it shows. */
const typist = `
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
shown, answers = b'', [(b'User name: ', b'alice\\r'), (b'(not shown): ', b'open sesame\\r')]
while True:
    try:
        part = os.read(terminal, 1000)
    except OSError:
        break
    if not part:
        break
    shown += part
    if answers and answers[0][0] in shown:
        os.write(terminal, answers.pop(0)[1])
sys.stdout.write(shown.decode())
sys.exit(os.waitpid(pid, 0)[1] >> 8)
`;

const none = async () => expect(await readdir(at('home')).catch(() => [])).toEqual([]);

describe('ingot login', () => {
  it('stores where skopeo finds it, for its owner alone', async () => {
    await using registry = await DockerRegistry.start({ users });
    const { exit, stdout, stderr } = await login('open sesame\n', registry.host, '-u', 'alice');
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).toBe(`logged in to ${registry.host} as alice, kept in ${at('home/.docker/config.json')}\n`);
    expect((await stat(at('home/.docker/config.json'))).mode & 0o777).toBe(0o600);
    const who = await promisify(execFile)(
      referee('skopeo'),
      ['login', '--get-login', '--authfile', at('home/.docker/config.json'), registry.host],
      { env: env() },
    );
    expect(who.stdout.trim()).toBe('alice');
    const listed = await run('list', `docker://${registry.host}/tool`);
    expect(listed.stderr).not.toContain('INGOT_REGISTRY_LOGIN');
    expect(await run('logout', registry.host)).toMatchObject({ exit: 0, stderr: '' });
    expect(await configFile()).toEqual({ auths: {} });
    expect(await run('logout', registry.host)).toMatchObject({
      exit: 0,
      stdout: `nobody was logged in to ${registry.host}\n`,
    });
  });

  it.each(['basic', 'bearer', 'docker-registry'] as const)('checks with the registry first: %s', async (auth) => {
    await using docker = auth === 'docker-registry' ? await DockerRegistry.start({ users }) : undefined;
    const { host } = docker ?? (await startRegistry({ auth: auth === 'bearer' ? auth : 'basic', users }));
    const wrong = await login('wrong-password', host, '-u', 'alice');
    expect(wrong).toMatchObject({ exit: 1, stdout: '' });
    expect(wrong.stderr).toContain(`INGOT_LOGIN_REFUSED  ${host} does not accept this login of alice`);
    expect(wrong.stderr).not.toContain('wrong-password');
    await none();
    expect(await login('wrong-password', host, '-u', 'alice', '--no-check')).toMatchObject({ exit: 0 });
    const right = await login('open sesame', host, '-u', 'alice', '--json');
    expect(JSON.parse(right.stdout)).toEqual({
      registry: host,
      username: 'alice',
      storedIn: at('home/.docker/config.json'),
    });
    expect(Object.keys((await configFile()).auths)).toEqual([host]);
  });

  it('is not taken in by a token service that answers a wrong password with 403', async () => {
    const { host } = await startRegistry({
      faults: ({ path, headers }) =>
        path.startsWith('/token')
          ? { status: 403, body: '{"errors":[{"code":"DENIED","message":"denied"}]}' }
          : { status: 401, headers: { 'www-authenticate': `Bearer realm="http://${headers.host}/token"` } },
    });
    const { exit, stderr } = await login('wrong-password', host, '-u', 'alice');
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: expect.stringContaining('INGOT_LOGIN_REFUSED') });
    await none();
  });

  it('takes a login that is right, though it may do nothing', async () => {
    for (const auth of ['basic', 'bearer'] as const) {
      const { host } = await startRegistry({ auth, users, allow: () => false });
      expect(await login('open sesame', host, '-u', 'alice')).toMatchObject({ exit: 0, stderr: '' });
    }
  });

  it('asks on a terminal, and shows no password', async () => {
    const { host } = await startRegistry({ auth: 'basic', users });
    const typed = ['alice\r', 'open sesame\r'];
    const { exit, stdout, stderr } = await runWith({ typed }, 'login', host);
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: expect.stringContaining('as alice') });
    expect(stderr).toMatch(/^User name: .*alice.*Password or token \(not shown\): \n$/s);
    expect(stderr).not.toContain('sesame');
    const stopped = await runWith({ typed: ['\u0003'] }, 'login', host, '-u', 'alice');
    expect(stopped).toMatchObject({ exit: 1, stdout: '' });
    expect(stopped.stderr).toContain('INGOT_INTERRUPTED');
  });

  it('lets no real terminal show it, either', async () => {
    const program = [process.execPath, '--conditions=ingot-source', new URL('../ingot.ts', import.meta.url).pathname];
    const args = ['-c', typist, ...program, 'login', 'registry.invalid', '--no-check'];
    const { stdout } = await promisify(execFile)('python3', args, { env: env(), cwd: at() });
    expect(stdout).toContain('alice');
    expect(stdout).toContain('logged in to registry.invalid as alice');
    expect(stdout).not.toContain('sesame');
    expect((await configFile()).auths).toEqual({
      'registry.invalid': { auth: Buffer.from('alice:open sesame').toString('base64') },
    });
  });

  it('leaves it to the helper that the file names, and says where it went', async () => {
    const { host } = await startRegistry({ auth: 'basic', users });
    await mkdir(at('home/.docker'), { recursive: true });
    await writeFile(at('home/.docker/config.json'), JSON.stringify({ credHelpers: { [host]: 'test' } }));
    const program = `#!/bin/sh\ncase $1 in store) cat > ${at('kept')};; get) cat ${at('kept')};; erase) rm ${at('kept')};; esac\n`;
    await mkdir(at('bin'));
    await writeFile(at('bin/docker-credential-test'), program);
    await chmod(at('bin/docker-credential-test'), 0o755);
    const PATH = [at('bin'), process.env['PATH']].join(delimiter);
    const done = await runWith(
      { stdin: 'open sesame', env: { PATH } },
      ...['login', host, '-u', 'alice', '--password-stdin'],
    );
    expect(done).toMatchObject({ exit: 0, stdout: expect.stringContaining('docker-credential-test') });
    expect(await readFile(at('home/.docker/config.json'), 'utf8')).not.toContain(
      Buffer.from('alice:open sesame').toString('base64'),
    );
    expect(JSON.parse(await readFile(at('kept'), 'utf8'))).toMatchObject({ Username: 'alice', Secret: 'open sesame' });
  });

  it('names what is in the way of a check, and --no-check goes on without', async () => {
    const [ours, theirs] = await Promise.all([certificateAuthority(), certificateAuthority()]);
    const { host } = await startRegistry({ tls: await ours.issue('localhost'), auth: 'basic', users });
    await writeFile(at('ours.pem'), ours.cert);
    await writeFile(at('theirs.pem'), theirs.cert);
    const wrong = await login('open sesame', host, '-u', 'alice', '--ca-file', 'theirs.pem');
    expect(wrong).toMatchObject({ exit: 1, stdout: '' });
    expect(wrong.stderr).toMatch(/INGOT_REGISTRY_(TLS|CERTIFICATE)/);
    await none();
    expect(await login('open sesame', host, '-u', 'alice', '--ca-file', 'ours.pem')).toMatchObject({
      exit: 0,
      stderr: '',
    });
    expect(await login('x', 'registry.invalid', '-u', 'a', '--no-check')).toMatchObject({ exit: 0 });
  });

  it.each([
    [['login'], '', 'name a registry'],
    [['login', 'registry.example/team', '-u', 'a', '--password-stdin'], 'x', 'without a path'],
    [['login', 'registry.example', '--password-stdin'], 'x', 'Add -u USER'],
    [['login', 'registry.example', '-u', 'a:b', '--password-stdin'], 'x', 'has a ":"'],
    [['login', 'registry.example', '-u', 'alice', '--password', 'secret'], '', 'no option "password"'],
    [['login', 'registry.example', '-u', 'alice'], '', '--password-stdin'],
    [['logout'], '', 'name a registry'],
    [['logout', 'registry.example/team'], '', 'without a path'],
  ])('exits with 2 for %j', async (args, stdin, text) => {
    const { exit, stdout, stderr } = await runWith({ stdin }, ...args);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toContain(text);
    await none();
  });

  it.each([
    ['', 'stdin is empty'],
    ['one\ntwo\n', 'more than one line'],
    ['x'.repeat(65 * 1024), 'more than 65536 bytes'],
  ])('takes no password out of %#', async (stdin, text) => {
    const { exit, stdout, stderr } = await login(stdin, 'registry.example', '-u', 'alice');
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
    expect(stderr).toContain('INGOT_PASSWORD');
    expect(stderr).toContain(text);
    await none();
  });
});
