import { RestError } from '../http/rest-error.js';

export const BOARD_PATH = '/admin/queues';

export function answered(status: number, message: string): RestError {
  return new RestError(status, 'RestException', message, 0);
}
