import { resolve } from 'node:path';
import { openIso } from '@ingot/iso9660';
import { verifySolution } from '@ingot/solution';
import { formatFinding, formatVerdict, printable, progress } from '@ingot/workspace';
import type { Finding } from '@ingot/workspace';
import { oneArgument } from '../arguments.ts';
import { jsonText } from '../json.ts';
import type { Terminal, Verb } from '../verb.ts';

export const verify: Verb = {
  name: 'verify',
  synopsis: '<x.iso> [--deep] [--json]',
  summary: 'Applies every rule of MetalK8s to a Solution, a line each, with reason and remedy.',
  options: {
    deep: { type: 'boolean', help: 'unpack every layer as well, and compare it with its diff ID' },
    json: { type: 'boolean', help: 'the verdict as JSON' },
  },
  examples: ['ingot verify hello-solution-0.1.0.iso', 'ingot verify hello-solution-0.1.0.iso --json'],

  async run(args, terminal) {
    const iso = oneArgument(this, args, 'an ISO');
    const asJson = args.values['json'] === true;
    const findings: Finding[] = [];
    for await (const finding of judge(resolve(terminal.cwd(), iso), iso, args.values['deep'] === true, terminal)) {
      findings.push(finding);
      if (!asJson) terminal.stdout.write(`${formatFinding(finding)}\n`);
    }
    const errors = findings.filter(({ level }) => level === 'error').length;
    const warnings = findings.filter(({ level }) => level === 'warning').length;
    const verdict = jsonText({ iso, errors, warnings, findings });
    terminal.stdout.write(`${asJson ? verdict : `${printable(iso)}: ${formatVerdict(findings)}`}\n`);
    return errors > 0 ? 1 : 0;
  },
};

async function* judge(file: string, iso: string, deep: boolean, { stderr }: Terminal): AsyncIterable<Finding> {
  const image = await openIso(file);
  const bar = progress({ label: `verifying ${printable(iso)}`, total: image.size, stream: stderr });
  try {
    yield* verifySolution(image, { file, deep, onBytes: (bytes) => bar.add(bytes) });
  } finally {
    bar.finish();
    await image.close();
  }
}
