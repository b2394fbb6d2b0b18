import { Kind, type TSchema } from '@sinclair/typebox';

/**
 * The value with every text that stands for a number or boolean, and every number that stands for a text, read as
 * what the schema wants. What can't be read so without loss stays as it is, for the check to refuse.
 */
export function convert(schema: TSchema, value: unknown): unknown {
  switch (schema[Kind]) {
    case 'Object':
      return members(value, (name) => schema['properties'][name]);
    case 'Record':
      return members(value, () => Object.values(schema['patternProperties'])[0] as TSchema);
    case 'Array':
      return Array.isArray(value) ? value.map((item) => convert(schema['items'], item)) : value;
    case 'Union':
      return value === null ? null : alternative(schema['anyOf'], value);
    case 'Integer':
    case 'Number':
      return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value;
    case 'Boolean':
      return value === 'true' ? true : value === 'false' ? false : value;
    case 'String':
      return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
    default:
      return value;
  }
}

function members(value: unknown, schemaOf: (name: string) => TSchema | undefined): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const schema = schemaOf(name);
      return [name, schema ? convert(schema, member) : member];
    }),
  );
}

function alternative(schemas: readonly TSchema[], value: unknown): unknown {
  for (const schema of schemas) {
    const converted = convert(schema, value);
    if (converted !== value) return converted;
  }
  return value;
}
