/**
 * Labels of an image that are no annotations here: runtimes act on annotations, and a label is a stranger's. One
 * annotation of ours holds them, which nobody acts on, so that an export gives them back. Pure.
 */
import * as z from 'zod';
import { TerrariumError } from '../errors';

const key = 'dev.terrarium.image.labels';

type Labels = Readonly<Record<string, string>>;

/** @returns annotations */
export function keepLabels(labels: Labels): Labels {
  return Object.keys(labels).length > 0 ? { [key]: JSON.stringify(labels) } : {};
}

/** @throws TerrariumError `labels-invalid` */
export function keptLabels(annotations: Labels): Labels {
  const text = annotations[key];
  if (text === undefined) return {};
  try {
    return z.record(z.string(), z.string()).parse(JSON.parse(text));
  } catch (cause) {
    throw new TerrariumError(
      'labels-invalid',
      `The annotation ${key} of config.json is no JSON object of texts.`,
      'Correct or remove it: an export gives back the labels that it has.',
      { cause },
    );
  }
}
