import { describe, expect, it } from 'vitest';
import { programStep, runStep, type Step } from './step.ts';

async function reported(step: Step) {
  const lines: string[] = [];
  const outcome = await runStep(step, process.env, (text) => lines.push(text));
  return { outcome, text: lines.join('') };
}

describe('a step', () => {
  it('passes with one line', async () => {
    const { outcome, text } = await reported(programStep('nothing', process.execPath, ['-e', '']));
    expect(outcome).toMatchObject({ passed: 1, failed: 0 });
    expect(text).toMatch(/^ok {5}nothing \(\d+\.\d s\)\n$/);
  });

  it('fails with what the program said', async () => {
    const script = 'console.log("the reason"); process.exit(3)';
    const { outcome, text } = await reported(programStep('broken', process.execPath, ['-e', script]));
    expect(outcome).toMatchObject({ passed: 0, failed: 1 });
    expect(text).toMatch(/^ {4}the reason\n(.*\n)*FAILED broken \(\d+\.\d s\)\n$/);
  });

  it('fails where its program does not exist, or it throws', async () => {
    expect((await reported(programStep('absent', 'ingot-no-such-program', []))).outcome.failed).toBe(1);
    const throwing: Step = { name: 'throws', run: () => Promise.reject(new Error('the cause')) };
    expect((await reported(throwing)).text).toContain('the cause');
  });

  it('is stopped after its time', async () => {
    const hanging = programStep('hangs', process.execPath, ['-e', 'setInterval(() => {}, 1000)'], 0.005);
    expect((await reported(hanging)).text).toContain('stopped after');
  });
});
