import { chmod, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { copy, LayoutStore, readBlob } from '@ingot/content';
import { openRegistries } from '@ingot/registry';

import { NxWorkspace } from '../tools/nx-workspace.ts';
import type { RunResult } from '../tools/nx-workspace.ts';
import { OciRegistry } from '../tools/registry/oci-registry.ts';
import { TokenServer } from '../tools/registry/token-server.ts';
import { sampleLayout } from './sample-layout.ts';

/** How each registry of the test knows us. */
const kinds = ['basic', 'bearer', 'identity', 'helper', 'environment'] as const;
type Kind = (typeof kinds)[number];

const password = (kind: Kind) => `pass-w0rd+of/${kind}`;
const wrong = (kind: Kind) => `wr0ng-w0rd+of/${kind}`;
const identityToken = 'identity-t0ken-of-ann';
const signature = 'signed-by-the-st0rage';
const base64 = (kind: Kind, secret: string) => Buffer.from(`ann-${kind}:${secret}`).toString('base64');

let registries: Record<Kind, OciRegistry>;
let objects: OciRegistry;
let identities: TokenServer;
let workspace: NxWorkspace;
const runs: Record<string, RunResult> = {};

const image = (kind: Kind) =>
  `ingot: image/v1\nname: ${kind}\nversion: 0.1.0\nfrom: docker://${registries[kind].host}/base:1\n` +
  `layers:\n  - files: [{ from: www, to: /www }]\nrepository: ${registries[kind].host}/app\n` +
  `attach:\n  - { artifactType: a/b, files: [{ from: www/index.html }] }\n`;

beforeAll(async () => {
  const users = (kind: Kind) => ({ [`ann-${kind}`]: password(kind) });
  objects = await OciRegistry.start();
  identities = await TokenServer.start({ users: users('identity'), identityTokens: { [identityToken]: 'ann' } });
  const redirectBlobsTo = (name: string, digest: string) =>
    `${objects.url}/v2/${name}/blobs/${digest}?X-Signature=${signature}`;
  registries = {
    basic: await OciRegistry.start({ auth: 'basic', users: users('basic'), redirectBlobsTo }),
    bearer: await OciRegistry.start({ auth: 'bearer', users: users('bearer') }),
    identity: await OciRegistry.start({ auth: 'bearer', tokens: identities }),
    helper: await OciRegistry.start({ auth: 'basic', users: users('helper') }),
    environment: await OciRegistry.start({ auth: 'bearer', users: users('environment') }),
  };
  workspace = await NxWorkspace.create({
    packages: ['oci'],
    files: Object.fromEntries(
      kinds.flatMap((kind) => [
        [`${kind}/image.yaml`, image(kind)],
        [`${kind}/www/index.html`, kind],
      ]),
    ),
  });
  await logins('right', password, identityToken);
  await logins('wrong', wrong, 'wrong-identity-t0ken');
  await pushBases();

  runs['lock'] = await workspace.nx(['g', '@ingot/oci:lock', '--verbose'], env('right'));
  runs['push'] = await many('right', ['push', 'preflight']);
  // What failed before must not be in what succeeds later, nor the other way round.
  runs['refused push'] = await many('wrong', ['push', 'preflight']);
  runs['refused lock'] = await workspace.nx(['g', '@ingot/oci:lock', '--update', '--verbose'], env('wrong'));
  objects.repositories.clear();
  runs['export'] = await many('right', ['export'], '-p', 'basic');
});
afterAll(async () => {
  await workspace?.remove();
  for (const each of Object.values(registries ?? {})) await each[Symbol.asyncDispose]();
  await objects?.[Symbol.asyncDispose]();
  await identities?.[Symbol.asyncDispose]();
});

/** A folder with Docker's config.json, and a credential helper. */
async function logins(name: string, secretOf: (kind: Kind) => string, identity: string): Promise<void> {
  const auths = {
    [registries.basic.host]: { auth: base64('basic', secretOf('basic')) },
    [registries.bearer.host]: { auth: base64('bearer', secretOf('bearer')) },
    [registries.identity.host]: { auth: Buffer.from('ann:').toString('base64'), identitytoken: identity },
  };
  const answer = { ServerURL: registries.helper.host, Username: 'ann-helper', Secret: secretOf('helper') };
  await workspace.write({
    [`.logins/${name}/config.json`]: { auths, credHelpers: { [registries.helper.host]: name } },
    [`.logins/bin/docker-credential-${name}`]: `#!/bin/sh\necho '${JSON.stringify(answer)}'\necho noise-of-${answer.Secret} >&2\n`,
  });
  await chmod(workspace.path(`.logins/bin/docker-credential-${name}`), 0o755);
}

function env(name: 'right' | 'wrong'): Record<string, string> {
  return {
    HOME: workspace.path('.nobody'),
    DOCKER_CONFIG: workspace.path('.logins', name),
    PATH: `${workspace.path('.logins/bin')}:${process.env['PATH']}`,
    INGOT_REGISTRY: registries.environment.host,
    INGOT_REGISTRY_USERNAME: 'ann-environment',
    INGOT_REGISTRY_PASSWORD: (name === 'right' ? password : wrong)('environment'),
    NX_VERBOSE_LOGGING: 'true',
    NX_BATCH_MODE: 'true',
  };
}

function many(name: 'right' | 'wrong', targets: readonly string[], ...flags: string[]): Promise<RunResult> {
  return workspace.nx(['run-many', '-t', ...targets, ...flags, '--output-style=static'], env(name));
}

/** base:1 in each registry; where blobs are elsewhere, there as well. */
async function pushBases(): Promise<void> {
  const { manifest, layers } = await sampleLayout(workspace.path('.base'));
  const layout = new LayoutStore(workspace.path('.base'));
  for (const kind of kinds) {
    const { [kind]: registry } = registries;
    const login = {
      INGOT_REGISTRY: registry.host,
      INGOT_REGISTRY_USERNAME: `ann-${kind}`,
      INGOT_REGISTRY_PASSWORD: password(kind),
    };
    const session = openRegistries({ env: { INGOT_STORE: workspace.path('.other'), ...login } });
    const repository = session.repository(`${registry.host}/base`);
    await copy(manifest, layout, repository);
    await repository.tag(manifest, await readBlob(layout, manifest), '1');
    await session.close();
  }
  const { blobs } = registries.basic.repository('base');
  for (const bytes of blobs.values()) objects.repository('base').addBlob(bytes);
  expect(blobs.has(layers[0]!.digest)).toBe(true);
}

/** All that must be nowhere: what the logins have, and what the registries were shown. */
function secrets(): ReadonlySet<string> {
  const shown = Object.values(registries).flatMap(({ requests }) =>
    requests.map(({ headers }) => headers.authorization?.replace(/^\w+ /, '') ?? ''),
  );
  const own = kinds.flatMap((kind) =>
    [password(kind), wrong(kind)].flatMap((one) => [one, encodeURIComponent(one), base64(kind, one)]),
  );
  return new Set([...own, ...shown, identityToken, 'wrong-identity-t0ken', signature].filter((one) => one !== ''));
}

describe('with logins of every kind', () => {
  it('what should succeed does, and what should not fails', () => {
    for (const name of ['lock', 'push']) expect(runs[name]!.code, runs[name]!.all).toBe(0);
    for (const name of ['refused push', 'refused lock', 'export'])
      expect(runs[name]!.code, runs[name]!.all).not.toBe(0);
    for (const kind of kinds) {
      expect(registries[kind].repository('app').tags.has('0.1.0')).toBe(true);
      expect(runs['refused push']!.all).toMatch(new RegExp(`^${kind}/image\\.yaml:7:1  INGOT_REGISTRY_LOGIN`, 'm'));
    }
    expect(runs['export']!.all).toMatch(/INGOT_BLOB_MISSING/);
    // All tokens and passwords were needed: there is something to look for.
    expect(secrets().size).toBeGreaterThan(kinds.length * 7);
  });

  it('no run says a password, a token, or what encodes them', () => {
    for (const [name, { all }] of Object.entries(runs)) {
      for (const secret of secrets()) expect(all.includes(secret), `${name}: ${secret}\n${all}`).toBe(false);
    }
  });

  it('no file has one: neither results, lock, Nx’s cache, nor the store', async () => {
    const needles = [...secrets()].map((secret) => Buffer.from(secret));
    const places = ['.nx', '.store', 'ingot.lock', ...kinds];
    let [files, bytes] = [0, 0];
    for (const place of places) {
      for (const file of await filesAt(workspace.path(place))) {
        const content = await readFile(file);
        [files, bytes] = [files + 1, bytes + content.length];
        for (const needle of needles) expect(content.includes(needle), `${file} has ${String(needle)}`).toBe(false);
      }
    }
    expect(files).toBeGreaterThan(50);
    expect(bytes).toBeGreaterThan(10_000);
  });
});

async function filesAt(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return [path];
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
