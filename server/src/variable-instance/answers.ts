import type { TypedValue } from '@millrace/engine';
import { StreamableFile } from '@nestjs/common';
import { type Static, Type } from '@sinclair/typebox';
import type { MultipartForm } from '../http/multipart.js';
import { fromRequest } from '../http/parameters.js';
import { invalidRequest, RestError } from '../http/rest-error.js';
import { Dto } from '../http/schema.js';
import { toTypedValue } from '../http/variable-value.js';

export type SetStatus = (status: number) => void;

/** For handlers whose status depends on what they find. A function, because a reply is a promise that ends when it's sent. */
export function Status(): ParameterDecorator {
  return fromRequest(
    (_, reply): SetStatus =>
      (status) =>
        void reply.status(status),
  );
}

/** Refuses clients that take no text, as Camunda does where it has nothing else. @throws RestError (406) */
export function TakesText(): ParameterDecorator {
  return fromRequest(({ headers: { accept = '*/*' } }) => {
    if (/\btext\/(plain|\*)|\*\/\*/.test(accept)) return true;
    throw new RestError(406, 'NotAcceptableException', `The answer is text/plain, but only ${accept} is accepted`);
  });
}

/** Text as it is; 204 without a body when there is none. */
export function plainText(text: string | null, setStatus: SetStatus): StreamableFile | null {
  if (text !== null) return new StreamableFile(Buffer.from(text), { type: 'text/plain' });
  setStatus(204);
  return null;
}

/** The bytes of a File or Bytes variable. @throws RestError (400) for every other type */
export function binaryAnswer({ type, value, valueInfo }: TypedValue, ofWhat: string): StreamableFile {
  if (type !== 'File' && type !== 'Bytes')
    throw invalidRequest(`The value of variable ${ofWhat} is not a binary value, its type is ${type}`);
  const bytes = Buffer.from(value === null ? '' : String(value), 'base64');
  if (type === 'Bytes') return new StreamableFile(bytes, { type: 'application/octet-stream' });
  const { mimeType = 'application/octet-stream', encoding, filename = 'data' } = valueInfo ?? {};
  const name = String(filename);
  return new StreamableFile(bytes, {
    type: encoding ? `${mimeType};charset=${encoding}` : String(mimeType),
    disposition: `attachment; filename="${asciiOf(name)}"; filename*=UTF-8''${encodeURIComponent(name)}`,
  });
}

/** RFC 6266: the plain form of the name is for clients that don't know the encoded one. */
function asciiOf(name: string): string {
  return name.replace(/[^ -~]|["\\]/g, '_');
}

/** The variable that an upload sets: part `data` with `valueType` File or Bytes, or JSON with the `type` of its object. */
export function readUpload({ fields, files }: MultipartForm, name: string): TypedValue {
  const file = files.find(({ field }) => field === 'data');
  const text = fields['data'];
  const bytes = file?.bytes ?? (text === undefined ? null : Buffer.from(text));
  if (bytes === null) throw invalidRequest(`The upload for variable '${name}' has no part named 'data'`);
  const objectType = fields['type'];
  if (objectType)
    return toTypedValue(
      { type: 'Object', value: bytes.toString('utf8'), valueInfo: { objectTypeName: objectType } },
      name,
    );
  const value = bytes.toString('base64');
  const valueType = fields['valueType'] ?? 'Bytes';
  if (valueType.toLowerCase() === 'bytes') return { type: 'Bytes', value };
  if (valueType.toLowerCase() !== 'file')
    throw invalidRequest(`The valueType of variable '${name}' must be File or Bytes, got '${valueType}'`);
  const info = { filename: file?.filename || name };
  return { type: 'File', value, valueInfo: file?.mimeType ? { ...info, mimeType: file.mimeType } : info };
}

export const UploadDto = Dto('MultiFormVariableBinaryDto', {
  data: Type.String({ format: 'binary' }),
  valueType: Type.Optional(Type.String({ description: 'File or Bytes' })),
  type: Type.Optional(Type.String({ description: 'For JSON data: the type of the object' })),
});

/** Whether objects are answered as their structure (the default) or as their text. */
export const DeserializeValue = Type.Object({ deserializeValue: Type.Optional(Type.Boolean()) });
export type DeserializeValue = Static<typeof DeserializeValue>;

export const DeserializeValues = Type.Object({ deserializeValues: Type.Optional(Type.Boolean()) });
export type DeserializeValues = Static<typeof DeserializeValues>;
