import { type Static, Type } from '@sinclair/typebox';
import { Dto, Maybe, Nullable } from '../http/schema.js';

const GroupDto = Dto('IdentityServiceGroupDto', { id: Type.String(), name: Nullable(Type.String()) });
const UserDto = Dto('IdentityServiceUserDto', {
  id: Type.String(),
  firstName: Nullable(Type.String()),
  lastName: Nullable(Type.String()),
  displayName: Nullable(Type.String()),
});

export const GroupInfoDto = Dto('IdentityServiceGroupInfoDto', {
  groups: Type.Array(GroupDto),
  groupUsers: Type.Array(UserDto),
});
export type GroupInfoDto = Static<typeof GroupInfoDto>;

export const CredentialsDto = Dto('BasicUserCredentialsDto', {
  username: Maybe(Type.String()),
  password: Maybe(Type.String()),
});
export type CredentialsDto = Static<typeof CredentialsDto>;

export const AuthenticationResultDto = Dto('AuthenticationResult', {
  authenticatedUser: Type.String(),
  groups: Nullable(Type.Array(Type.String())),
  tenants: Nullable(Type.Array(Type.String())),
  authenticated: Type.Boolean(),
});
export type AuthenticationResultDto = Static<typeof AuthenticationResultDto>;
