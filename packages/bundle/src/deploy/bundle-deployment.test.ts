import { ProjectError } from '@ingot/workspace';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { bundleDeployment } from './bundle-deployment.ts';
import { deployProblems, type BundleDeployment } from './deploy-problems.ts';

const image = `registry.example/team/hello-bundle@sha256:${'a'.repeat(64)}`;
const v1alpha2: BundleDeployment = {
  name: 'hello',
  format: 'plain',
  apiVersion: 'v1alpha2',
  image,
  installNamespace: 'hello-system',
};
const v1alpha1: BundleDeployment = { name: 'hello', format: 'plain', apiVersion: 'v1alpha1', image };
const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

describe('bundleDeployment', () => {
  it('writes v1alpha2', () => {
    expect(bundleDeployment(v1alpha2)).toBe(`apiVersion: core.rukpak.io/v1alpha2
kind: BundleDeployment
metadata:
  name: hello
spec:
  installNamespace: hello-system
  provisionerClassName: core-rukpak-io-plain
  source:
    type: image
    image:
      ref: ${image}
`);
  });

  it('writes v1alpha1, with its template', () => {
    expect(bundleDeployment({ ...v1alpha1, pullSecret: 'mysecret' })).toBe(`apiVersion: core.rukpak.io/v1alpha1
kind: BundleDeployment
metadata:
  name: hello
spec:
  provisionerClassName: core-rukpak-io-plain
  template:
    metadata:
      labels:
        app: hello
    spec:
      provisionerClassName: core-rukpak-io-plain
      source:
        type: image
        image:
          ref: ${image}
          pullSecret: mysecret
`);
  });

  it('says how the registry is reached, and a chart’s values as the text that they are', () => {
    const values = '# Of this cluster.\nreplicas: 2\n';
    const text = bundleDeployment({
      ...v1alpha2,
      format: 'helm',
      pullSecret: 'mysecret',
      insecureSkipTLSVerify: true,
      certificateData: certificate,
      values,
    });
    expect(text).toContain('  config:\n    values: |\n      # Of this cluster.\n      replicas: 2\n');
    expect(text).toContain('      certificateData: |\n        -----BEGIN CERTIFICATE-----\n');
    expect(parse(text)).toMatchObject({
      spec: {
        provisionerClassName: 'core-rukpak-io-helm',
        source: {
          image: { ref: image, pullSecret: 'mysecret', insecureSkipTLSVerify: true, certificateData: certificate },
        },
        config: { values },
      },
    });
    const { spec } = parse(bundleDeployment({ ...v1alpha1, format: 'helm', values })) as { spec: object };
    expect(Object.keys(spec)).toEqual(['provisionerClassName', 'template', 'config']);
  });

  it.each(['no', 'on', 'y', '12', '1e3', '0x1f', '2001-01-01', 'null'])(
    'writes the name %s as the text that it is',
    (name) => {
      const text = bundleDeployment({ ...v1alpha2, name, installNamespace: name, pullSecret: name });
      expect(parse(text, { version: '1.1' })).toMatchObject({
        metadata: { name },
        spec: { installNamespace: name, source: { image: { pullSecret: name } } },
      });
      expect(parse(bundleDeployment({ ...v1alpha1, name }), { version: '1.1' })).toMatchObject({
        spec: { template: { metadata: { labels: { app: name } } } },
      });
    },
  );

  it('leaves out what is not said', () => {
    expect(bundleDeployment({ ...v1alpha2, format: 'registry', insecureSkipTLSVerify: false })).not.toContain('Skip');
    expect(bundleDeployment({ ...v1alpha2, format: 'helm', values: '\n' })).not.toContain('config');
  });

  it('carries any values over unchanged', () => {
    const text = fc.array(fc.constantFrom('a: 1', '  b: "x"', '# c', '', 'é: ü', 'k: |', '   text')).map((lines) => {
      return ['first: 0', ...lines.map((line, i) => line.replace(/^(\w)/, `$1${i}`))].join('\n');
    });
    fc.assert(
      fc.property(text, (values) => {
        const wanted: BundleDeployment = { ...v1alpha2, format: 'helm', values };
        fc.pre(deployProblems(wanted).length === 0);
        expect(parse(bundleDeployment(wanted))).toMatchObject({ spec: { config: { values } } });
      }),
    );
  });

  it.each<[string, Partial<BundleDeployment>, RegExp]>([
    ['a name outside RFC 1123', { name: 'Hello' }, /"Hello" cannot name/],
    ['a tag', { image: 'registry.example/team/hello:1.0' }, /is not host\/path@sha256/],
    ['a digest that is none', { image: 'registry.example/hello@sha256:12' }, /is not host\/path@sha256/],
    ['no namespace', { installNamespace: undefined }, /v1alpha2 asks for an installNamespace/],
    ['a namespace with a dot', { installNamespace: 'a.b' }, /"a.b" cannot name a namespace/],
    ['a long namespace', { installNamespace: 'n'.repeat(64) }, /cannot name a namespace/],
    ['a login in place of a secret’s name', { pullSecret: 'user:pass' }, /^pullSecret cannot name a secret$/],
    ['a certificate that is none', { certificateData: 'MIIB' }, /not PEM/],
    ['a key', { certificateData: `${certificate}-----BEGIN PRIVATE KEY-----\nMII\n` }, /private key/],
    ['values of no chart', { values: 'a: 1' }, /the format plain has no values/],
    ['values that are a list', { format: 'helm', values: '- a' }, /no YAML object/],
    ['values that are no YAML', { format: 'helm', values: 'a: [' }, /the values are not YAML: /],
  ])('refuses %s', (_, wrong, message) => {
    expect(() => bundleDeployment({ ...v1alpha2, ...wrong })).toThrow(
      expect.objectContaining({ code: 'INGOT_BUNDLE_DEPLOY', message: expect.stringMatching(message) as string }),
    );
  });

  it.each<[Partial<BundleDeployment>, RegExp]>([
    [{ installNamespace: 'hello-system' }, /each manifest says its metadata.namespace/],
    [{ installNamespace: 'hello-system', format: 'registry' }, /suggested-namespace/],
    [{ insecureSkipTLSVerify: true }, /take v1alpha2/],
    [{ certificateData: certificate }, /take v1alpha2/],
  ])('refuses in v1alpha1 %j, and says what to do', (wrong, help) => {
    expect(() => bundleDeployment({ ...v1alpha1, ...wrong })).toThrow(
      expect.objectContaining({ code: 'INGOT_BUNDLE_DEPLOY', help: expect.stringMatching(help) as string }),
    );
  });

  it('takes names as long as each version has room for', () => {
    for (const [wanted, longest] of [
      [v1alpha1, 45],
      [v1alpha2, 52],
    ] as const) {
      expect(bundleDeployment({ ...wanted, name: 'n'.repeat(longest) })).toContain(`name: ${'n'.repeat(longest)}\n`);
      expect(() => bundleDeployment({ ...wanted, name: 'n'.repeat(longest + 1) })).toThrow(ProjectError);
    }
  });

  it('says all that is wrong at once, and of which fact', () => {
    const wrong: BundleDeployment = { ...v1alpha1, name: 'H'.repeat(46), image: 'x', installNamespace: 'a' };
    expect(deployProblems(wrong).map(({ key }) => key)).toEqual(['name', 'name', 'image', 'installNamespace']);
    expect(() => bundleDeployment(wrong)).toThrow(AggregateError);
  });
});
