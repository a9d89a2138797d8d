import { describe, expect, it } from 'vitest';
import { aliasBomb } from '../kubernetes/test/alias-bomb.ts';
import { verifyTree } from '../verify/verify-image.ts';
import { treeOf } from '../verify/test/tree-of.ts';
import { catalogFiles, configsFolder, configsLabel } from './catalog-files.ts';
import { sampleCatalog } from './test/sample-catalog.ts';
import { isCatalog, verifyCatalogTree } from './verify-image.ts';

const labels = { [configsLabel]: configsFolder };

function faults(files: Readonly<Record<string, string>>, more: Readonly<Record<string, string>> = labels): string[] {
  return verifyCatalogTree(treeOf(files, { labels: more })).flatMap(({ level, rule, message }) =>
    level === 'ok' ? [] : [`${level} ${rule} ${message}`],
  );
}

async function sound(): Promise<Record<string, string>> {
  const catalog = await sampleCatalog({ bundles: [{ version: '0.1.0' }, { version: '0.2.0' }] });
  return Object.fromEntries(
    catalogFiles(catalog).map(({ path, content }) => [path, new TextDecoder().decode(content)]),
  );
}

const yaml = `---
schema: olm.package
name: hello
defaultChannel: stable
---
schema: olm.channel
package: hello
name: stable
entries:
  - name: hello.v0.1.0
    replaces: hello.v0.2.0
---
schema: olm.bundle
package: hello
name: hello.v0.1.0
image: registry.example/hello@sha256:${'a'.repeat(64)}
properties:
  - { type: olm.package, value: { packageName: hello, version: 0.1.0 } }
---
schema: custom.example
anything: goes
`;

describe('verifyCatalogTree', () => {
  it('finds nothing in what catalogFiles writes', async () => {
    expect(faults(await sound())).toEqual([]);
  });

  it('reads YAML by whatever name, and judges it at its place', () => {
    expect(faults({ 'configs/a/b': yaml, 'configs/.indexignore': '{' })).toEqual([
      'warning catalog-replaced configs/a/b:11:5: "hello.v0.1.0" replaces "hello.v0.2.0", which the channel "stable" does not have',
    ]);
  });

  it('reads the folder of the label alone', async () => {
    const files = { ...(await sound()), 'other/broken': ': :' };
    expect(faults(files, { [configsLabel]: 'configs/' })).toEqual([]);
    expect(faults(files, { [configsLabel]: '/' })[0]).toMatch(/^error catalog-files other\/broken:1:/);
  });

  it.each<[string, string]>([
    ['{ "schema": "olm.channel", "entries": 1 }', 'configs/a:1:28: entries must be a list, and is a number'],
    ['{ "name": "a" }', 'configs/a:1:1: the object does not say its schema'],
    ['schema: 1\n', 'configs/a:1:1: the object does not say its schema'],
    [
      'schema: olm.bundle\nproperties: [{ type: [] }]\n',
      'configs/a:2:16: properties[0].type must be a text, and is a list',
    ],
  ])('says what OLM cannot read: %j', (text, message) => {
    expect(faults({ 'configs/a': text })[0]).toBe(`error catalog-files ${message}`);
  });

  it('warns of a key that is there twice, of which OLM takes the last', () => {
    expect(faults({ 'configs/a': yaml.replace('name: hello\n', 'name: other\nname: hello\n') })[0]).toMatch(
      /^warning catalog-files configs\/a:4:1: name /,
    );
  });

  it('reads blobs that are larger than manifests may be', () => {
    const large = yaml.replace('properties:\n', (line) => `${line}  - { type: icon, value: ${'x'.repeat(2 ** 21)} }\n`);
    expect(faults({ 'configs/a': large })).toEqual(faults({ 'configs/a': yaml }));
  });

  it('refuses blobs of millions of values', () => {
    const numbers = `{ "schema": "custom", "a": [${'1,'.repeat(2 ** 21)}1] }`;
    expect(faults({ 'configs/a': numbers })[0]).toMatch(
      /^error catalog-files configs\/a:1:1: the document has .* values$/,
    );
  });

  it('refuses many bombs of aliases', () => {
    const bombs = Array.from('abcdef', (name) => [`configs/${name}`, `schema: custom.${name}\n${aliasBomb}`] as const);
    const found = faults({ ...Object.fromEntries(bombs), 'configs/hello': yaml });
    expect(found.filter((line) => line.includes('catalog-files'))).toEqual([
      expect.stringMatching(/^error catalog-files configs\/f:4:\d+: aliases of this document and those before/),
    ]);
  });

  it('says that there is no catalog', () => {
    expect(faults({ 'configs/a': yaml }, {})).toEqual([`error catalog-label the image has no label ${configsLabel}`]);
    expect(faults({ a: yaml })).toEqual([
      `error catalog-label the label ${configsLabel} names /configs, which is no folder`,
    ]);
    expect(faults({ 'configs/a': '# nothing' })).toEqual(['error catalog-package the catalog has no package']);
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['configs', { 'configs/a/b': yaml, 'README.md': '`: :' }, 'configs/a/b'],
    ['the folder that has a package', { 'hello/a.yaml': yaml, 'hello.Dockerfile': '`: :' }, 'hello/a.yaml'],
    ['all folders that have packages', { 'a/a.yaml': yaml, 'b/b.json': '{"schema" : "olm.package"}' }, 'a/a.yaml'],
    ['files of the folder itself', { 'a.yaml': yaml }, 'a.yaml'],
  ])('reads of a folder without labels %s', (_, files, path) => {
    const tree = treeOf(files);
    expect(isCatalog(tree)).toBe(true);
    const found = verifyTree(tree).filter(({ level }) => level !== 'ok');
    expect(found.map(({ rule, path }) => [rule, path])).toContainEqual(['catalog-replaced', `${path}:11:5`]);
    expect(found.filter(({ rule }) => rule === 'catalog-label' || rule === 'bundle-format')).toEqual([]);
    expect(found.some(({ path }) => path?.startsWith('README') || path?.includes('Dockerfile'))).toBe(false);
  });

  it('takes no bundle for a catalog, whatever lies in it', () => {
    for (const file of ['manifests/a.yaml', 'Chart.yaml', 'a/Chart.yaml', 'metadata/annotations.yaml']) {
      expect(isCatalog(treeOf({ [file]: '', 'configs/a.yaml': yaml }))).toBe(false);
    }
    expect(isCatalog(treeOf({ 'configs/a.yaml': 'a: |\n  schema: olm.package\n' }))).toBe(false);
    expect(isCatalog(treeOf({ 'configs/a.yaml': yaml }, { labels: {} }))).toBe(false);
  });

  it('knows a catalog by its label', () => {
    expect([isCatalog(treeOf({}, { labels })), isCatalog(treeOf({}, { labels: {} })), isCatalog(treeOf({}))]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
