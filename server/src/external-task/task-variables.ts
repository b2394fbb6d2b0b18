import type { TypedValue } from '@millrace/engine';
import { toVariableValues, type VariableValueAnswer } from '../http/variable-value.js';
import type { Queryable } from '../persistence/database.js';
import { localVariables, visibleVariables } from '../variable-instance/visible-variables.js';
import type { FetchRequest, FetchTopic, LockedTask } from './lock-external-tasks.js';

export type TaskVariables = Record<string, VariableValueAnswer>;

/** What each locked task's worker asked to see, in the order of the tasks. */
export async function taskVariables(
  database: Queryable,
  { topics }: Pick<FetchRequest, 'topics'>,
  tasks: readonly LockedTask[],
): Promise<TaskVariables[]> {
  const byName = new Map(topics.map((topic) => [topic.topicName, topic]));
  const asked = tasks.map(({ topicName }) => byName.get(topicName));
  const visible = await read(database, tasks, asked, false);
  const local = await read(database, tasks, asked, true);
  return tasks.map((task, i) => {
    const topic = asked[i];
    const values = (topic?.localVariables ? local : visible).get(task.id) ?? {};
    const wanted = topic?.variables ?? null;
    const chosen = wanted === null ? values : Object.fromEntries(wanted.flatMap((name) => pick(values, name)));
    return toVariableValues(chosen, { deserialize: topic?.deserializeValues ?? false });
  });
}

async function read(
  database: Queryable,
  tasks: readonly LockedTask[],
  asked: readonly (FetchTopic | undefined)[],
  local: boolean,
): Promise<Map<string, Record<string, TypedValue>>> {
  const readers = tasks.filter((_, i) => (asked[i]?.localVariables ?? false) === local);
  if (readers.length === 0) return new Map();
  const topics = asked.filter((topic) => (topic?.localVariables ?? false) === local);
  const names = topics.some((topic) => !topic?.variables) ? null : topics.flatMap((topic) => topic?.variables ?? []);
  const scopes = readers.map(({ processInstanceId, activityInstanceId }) => ({
    processInstanceId,
    activityInstanceId,
    taskId: null,
  }));
  const values = await (local ? localVariables : visibleVariables)(database, scopes, names);
  return new Map(readers.map(({ id }, i) => [id, values[i] ?? {}]));
}

function pick(values: Record<string, TypedValue>, name: string): [string, TypedValue][] {
  const value = values[name];
  return value ? [[name, value]] : [];
}
