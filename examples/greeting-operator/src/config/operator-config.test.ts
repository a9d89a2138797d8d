import { describe, expect, it } from 'vitest';
import { parseOperatorConfig } from './operator-config.ts';

const head = 'apiVersion: solutions.metalk8s.scality.com/v1alpha1\nkind: OperatorConfig\n';
const read = (text: string) => parseOperatorConfig(text, '/etc/config/operator.yaml');

describe('parseOperatorConfig', () => {
  it('reads what MetalK8s writes (configmap.yaml.j2)', () => {
    const text = `${head}repositories:
  0.1.0:
    - endpoint: metalk8s-registry-from-config.invalid/greeting-solution-0.1.0
      images:
        - greeting-operator:0.1.0
        - hello-server:0.1.0
  1.0:
    - endpoint: quay.io/a
      images: []
    - endpoint: quay.io/b
`;
    expect([...read(text).repositories]).toEqual([
      [
        '0.1.0',
        [
          {
            endpoint: 'metalk8s-registry-from-config.invalid/greeting-solution-0.1.0',
            images: ['greeting-operator:0.1.0', 'hello-server:0.1.0'],
          },
        ],
      ],
      [
        '1.0',
        [
          { endpoint: 'quay.io/a', images: [] },
          { endpoint: 'quay.io/b', images: [] },
        ],
      ],
    ]);
  });

  // The first ten are those of MetalK8s' own test data (go/solution-operator-lib/pkg/config/testdata), with its messages.
  it.each([
    ['kind: OperatorConfig\nrepositories: {}', 'missing required field: apiVersion'],
    [
      'apiVersion: unknown.com/v1\nkind: OperatorConfig',
      'invalid value for apiVersion: got `unknown.com/v1`, expected',
    ],
    [head.split('\n')[0]!, 'missing required field: kind'],
    [head.replace('OperatorConfig', 'Other'), 'invalid value for kind: got `Other`, expected `OperatorConfig`'],
    [head, 'missing required field: repositories'],
    [`${head}repositories: {"": [{endpoint: a, images: [b]}]}`, 'invalid value for repositories: empty version number'],
    [`${head}repositories: {1.0.0: []}`, 'invalid value for repositories[1.0.0]: cannot be empty'],
    [
      `${head}repositories: {1.0.0: [{endpoint: a, images: [""]}]}`,
      'invalid value for repositories[1.0.0].0: invalid value for images.0: cannot be empty',
    ],
    [
      `${head}repositories: {1.0.0: [{images: [a]}]}`,
      'invalid value for repositories[1.0.0].0: missing required field: endpoint',
    ],
    ['This is not valid YAML,\nunfortunately.', 'the file is no map'],
    [`${head}repositories: {1.0.0: [{endpoint: a, image: b}]}`, 'unknown field: repositories[1.0.0].0.image'],
    [`${head}repositories: {1.0.0: {endpoint: a}}`, 'repositories[1.0.0] is no list'],
    [`${head}repositories: {1.0.0: [{endpoint: a, images: [[b]]}]}`, 'images.0 is no text'],
    [`${head}kind: OperatorConfig`, 'Map keys must be unique'],
    ['a: [', 'at line 1'],
  ])('refuses %j', (text, message) => {
    let thrown: unknown;
    try {
      read(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'GREETING_CONFIG', path: '/etc/config/operator.yaml' });
    expect((thrown as Error).message).toContain(message);
  });
});
