import { csvsOf, type Csv } from '../../registry/csv.ts';
import type { Bundle } from '../bundle.ts';
import type { Fault } from '../rule.ts';

/** A check of each ClusterServiceVersion; nothing to judge where there is none. */
export function eachCsv(check: (csv: Csv, bundle: Bundle) => Iterable<Fault>): (bundle: Bundle) => Fault[] | undefined {
  return (bundle) => {
    const csvs = csvsOf(bundle.objects);
    return csvs.length === 0 ? undefined : csvs.flatMap((csv) => [...check(csv, bundle)]);
  };
}
