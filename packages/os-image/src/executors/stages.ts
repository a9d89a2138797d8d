import { formatDuration, progress, type Progress } from '@ingot/workspace';

/** What people see of a long build: a line when a stage begins, a bar while its bytes go by. On stderr. */
export interface Stages {
  /** A stage begins, which ends the one before; its bytes, where they are known. Answers with what counts them. */
  readonly stage: (label: string, total?: number) => (bytes: number) => void;
  /** Ends the last stage. */
  readonly finish: () => void;
}

/** The stages of a task. */
export function openStages(task: string): Stages {
  let bar: Progress | undefined;
  let current: { readonly label: string; readonly started: number } | undefined;
  const finish = (): void => {
    bar?.finish();
    bar = undefined;
    if (current === undefined) return;
    process.stderr.write(`${task}: ${current.label}, ${formatDuration(performance.now() - current.started)}\n`);
    current = undefined;
  };
  return {
    stage(label, total) {
      finish();
      current = { label, started: performance.now() };
      const own = total === undefined ? undefined : progress({ label: `${task}: ${label}`, total });
      bar = own;
      return (bytes) => own?.add(bytes);
    },
    finish,
  };
}
