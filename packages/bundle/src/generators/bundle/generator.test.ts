import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readNxJson } from '@nx/devkit';
import type { Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import fc from 'fast-check';
import { format as prettify } from 'prettier';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { bundleDeployment } from '../../deploy/bundle-deployment.ts';
import { readBundleFile, type BundleDescription } from '../../description/bundle.ts';
import { bundleFormats, consumers } from '../../formats.ts';
import type { BundleTree } from '../../tree/tree.ts';
import { bundleOf } from '../../verify/bundle.ts';
import { treeOf } from '../../verify/test/tree-of.ts';
import { verifyBundle } from '../../verify/verify-bundle.ts';
import bundle from './generator.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ingot-generator-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

let tree: Tree;
beforeEach(() => {
  tree = createTreeWithEmptyWorkspace();
});

const read = (path: string): string => tree.read(path, 'utf8') ?? '';

/** The scaffolded files below a folder, by their paths in it. */
function filesBelow(place: string): Record<string, string> {
  return Object.fromEntries(
    tree
      .listChanges()
      .filter(({ path }) => path.startsWith(`${place}/`))
      .map(({ path, content }) => [path.slice(place.length + 1), content!.toString()]),
  );
}

async function described(place: string): Promise<BundleDescription> {
  writeFileSync(join(folder, 'bundle.yaml'), read(`${place}/bundle.yaml`));
  return readBundleFile(join(folder, 'bundle.yaml'));
}

const expected = {
  plain: ['access.yaml', 'deployment.yaml', 'namespace.yaml', 'samples.crd.yaml'].map((name) => `manifests/${name}`),
  registry: ['hello.clusterserviceversion.yaml', 'samples.crd.yaml'].map((name) => `manifests/${name}`),
  helm: ['Chart.yaml', 'crds/samples.yaml', 'templates/access.yaml', 'templates/deployment.yaml', 'values.yaml'].map(
    (name) => `chart/${name}`,
  ),
};

/** What is in the image: for registry+v1 with the annotations that come from bundle.yaml. */
function treeOfScaffold(place: string, { registry }: BundleDescription): BundleTree {
  const files: Record<string, string> = {};
  for (const [path, text] of Object.entries(filesBelow(place))) {
    if (path.includes('/')) files[path.replace(/^chart\//, '')] = text;
  }
  if (registry === undefined) return treeOf(files);
  const prefix = 'operators.operatorframework.io.bundle';
  const labels = {
    [`${prefix}.mediatype.v1`]: 'registry+v1',
    [`${prefix}.manifests.v1`]: 'manifests/',
    [`${prefix}.metadata.v1`]: 'metadata/',
    [`${prefix}.package.v1`]: registry.package,
    [`${prefix}.channels.v1`]: registry.channels.join(','),
    [`${prefix}.channel.default.v1`]: registry.defaultChannel,
  };
  const annotations = JSON.stringify({ annotations: labels });
  return treeOf({ ...files, 'metadata/annotations.yaml': annotations }, { labels });
}

describe.each(bundleFormats)('the generator bundle, of the format %s', (format) => {
  it('writes a bundle.yaml that is in order, and what it names', async () => {
    await bundle(tree, { name: 'hello', format, skipFormat: true });
    expect(Object.keys(filesBelow('hello')).sort()).toEqual(['README.md', 'bundle.yaml', ...expected[format]].sort());
    expect(await described('hello')).toMatchObject({
      ...{ name: 'hello', version: '0.1.0', format },
      deploy: { apiVersion: 'v1alpha2', name: 'hello', installNamespace: 'hello-system' },
    });
  });

  it('writes what all consumers of the format take, without a warning', async () => {
    const who = consumers.filter((each) => each === 'rukpak' || format === 'registry');
    await bundle(tree, { name: 'hello', format, skipFormat: true });
    const scaffold = bundleOf(treeOfScaffold('hello', await described('hello')), format, who);
    const findings = [...verifyBundle(scaffold)];
    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(findings.length).toBeGreaterThan(10);
  });

  it('writes a BundleDeployment’s facts that rukpak takes', async () => {
    await bundle(tree, { name: 'n'.repeat(45), format, skipFormat: true });
    const { deploy } = await described('n'.repeat(45));
    const { name, apiVersion, installNamespace } = deploy;
    const image = `registry.example/n@sha256:${'0'.repeat(64)}`;
    expect(() => bundleDeployment({ name, format, apiVersion, installNamespace, image })).not.toThrow();
  });

  it('names the image of no project, which nobody could build', async () => {
    await bundle(tree, { name: 'hello', format, skipFormat: true });
    for (const path of expected[format]) expect(read(`hello/${path}`)).not.toContain('project:');
  });

  it('writes what a formatter leaves alone, templates of charts included', async () => {
    await bundle(tree, { name: 'hello', format, skipFormat: true });
    for (const [path, text] of Object.entries(filesBelow('hello'))) {
      const parser = path.endsWith('.md') ? 'markdown' : 'yaml';
      expect([path, await prettify(text, { parser, singleQuote: true, printWidth: 120 })]).toEqual([path, text]);
    }
  });

  it('names itself by its name in YAML and in the README, whatever that is', async () => {
    const names = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,43}[a-z0-9])?$/);
    await fc.assert(
      fc.asyncProperty(names, async (name) => {
        tree = createTreeWithEmptyWorkspace();
        const refused = await bundle(tree, { name, format, directory: 'x', skipFormat: true }).then(
          () => undefined,
          (error: Error) => error.message,
        );
        if (refused !== undefined) {
          expect(refused).toContain('INGOT_GENERATOR_NAME');
          return;
        }
        expect(parse(read('x/bundle.yaml'))).toMatchObject({ name });
        for (const [path, text] of Object.entries(filesBelow('x')).filter(([each]) => each.endsWith('.yaml'))) {
          for (const document of parseAllDocuments(text, { version: '1.1' })) {
            expect([path, document.errors]).toEqual([path, []]);
            const { metadata } = document.toJS() as { metadata?: { name: unknown } };
            if (metadata !== undefined) expect(metadata.name).toBeTypeOf('string');
          }
        }
        expect(read('x/README.md')).toContain(`nx run ${name}:bundle `);
      }),
      { numRuns: 20 },
    );
  });
});

describe('the generator bundle', () => {
  it('makes registry+v1, which rukpak and OLM take, unless it is told otherwise', async () => {
    await bundle(tree, { name: 'hello', directory: 'operators/hello', skipFormat: true });
    const text = read('operators/hello/bundle.yaml');
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/\.\.\/node_modules\/@ingot\/bundle\/schema\//);
    expect(text).toContain('\nformat: registry\n');
    expect(readNxJson(tree)!.plugins).toEqual(['@ingot/oci/plugin', '@ingot/bundle/plugin']);
  });

  it('writes a chart whose templates become sound manifests', async () => {
    await bundle(tree, { name: 'hello', format: 'helm', skipFormat: true });
    const { image } = parse(read('hello/chart/values.yaml')) as { image: string };
    const rendered = Object.entries(filesBelow('hello/chart')).flatMap(([path, text]) => {
      const manifest = text
        .replaceAll('{{ .Release.Name }}', 'hello')
        .replaceAll('{{ .Release.Namespace }}', 'hello-system')
        .replaceAll('{{ .Values.image }}', image);
      expect(manifest).not.toContain('{{');
      return /^(templates|crds)\//.test(path) ? [[path.replace(/.*\//, 'manifests/'), manifest] as const] : [];
    });
    const findings = [...verifyBundle(bundleOf(treeOf(Object.fromEntries(rendered)), 'plain', ['rukpak']))];
    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(findings.length).toBeGreaterThan(10);
  });

  it('refuses what cannot work, and says why', async () => {
    tree.write('a/bundle.yaml', '');
    await expect(bundle(tree, { name: 'a' })).rejects.toThrow(/INGOT_GENERATOR_DIRECTORY {2}a has a bundle.yaml/);
    await expect(bundle(tree, { name: 'a', directory: '../a' })).rejects.toThrow('INGOT_GENERATOR_DIRECTORY');
    await expect(bundle(tree, { name: 'A' })).rejects.toThrow('INGOT_GENERATOR_NAME');
    await expect(bundle(tree, { name: '*a' })).rejects.toThrow('INGOT_GENERATOR_NAME');
    await expect(bundle(tree, { name: 'no' })).rejects.toThrow(/INGOT_GENERATOR_NAME[^]*yes, no or nothing/);
    await expect(bundle(tree, { name: 'n'.repeat(46) })).rejects.toThrow('INGOT_GENERATOR_NAME');
    await expect(bundle(tree, { name: 'b', format: 'helmet' })).rejects.toThrow(/INGOT_OPTION_VALUE .*"helm"/);
    expect(tree.exists('b')).toBe(false);
  });
});
