import { ApiError } from "./api-error.ts";
import type { StatusCause, StatusDetails } from "./api-error.ts";
import { aggregate, causeOf } from "./field-error.ts";
import type { FieldError } from "./field-error.ts";

/** A group and a name within it: of a resource (`workflows`) or of a kind (`Workflow`), as the message needs it. */
export interface GroupName {
  readonly group: string;
  readonly name: string;
}

/** `workflows.argoproj.io`; without a dot for the core group. */
export function qualified(of: GroupName): string {
  return of.group === "" ? of.name : `${of.name}.${of.group}`;
}

function detailsOf(of: GroupName, name: string, causes?: readonly StatusCause[]): StatusDetails {
  return {
    ...(name === "" ? {} : { name }),
    ...(of.group === "" ? {} : { group: of.group }),
    ...(of.name === "" ? {} : { kind: of.name }),
    ...(causes === undefined || causes.length === 0 ? {} : { causes }),
  };
}

export function notFound(resource: GroupName, name: string): ApiError {
  return new ApiError({
    code: 404,
    reason: "NotFound",
    message: `${qualified(resource)} ${JSON.stringify(name)} not found`,
    details: detailsOf(resource, name),
  });
}

export function alreadyExists(resource: GroupName, name: string): ApiError {
  return new ApiError({
    code: 409,
    reason: "AlreadyExists",
    message: `${qualified(resource)} ${JSON.stringify(name)} already exists`,
    details: detailsOf(resource, name),
  });
}

export function conflict(resource: GroupName, name: string, why: string): ApiError {
  return new ApiError({
    code: 409,
    reason: "Conflict",
    message: `Operation cannot be fulfilled on ${qualified(resource)} ${JSON.stringify(name)}: ${why}`,
    details: detailsOf(resource, name),
  });
}

export const MODIFIED_MEANWHILE =
  "the object has been modified; please apply your changes to the latest version and try again";

export function invalid(kind: GroupName, name: string, errors: readonly FieldError[]): ApiError {
  return new ApiError({
    code: 422,
    reason: "Invalid",
    message: `${qualified(kind)} ${JSON.stringify(name)} is invalid${errors.length === 0 ? "" : `: ${aggregate(errors)}`}`,
    details: detailsOf(kind, name, errors.map(causeOf)),
  });
}

export function forbidden(resource: GroupName, name: string, why: string, causes?: readonly StatusCause[]): ApiError {
  return new ApiError({
    code: 403,
    reason: "Forbidden",
    message:
      name === ""
        ? `${qualified(resource)} is forbidden: ${why}`
        : `${qualified(resource)} ${JSON.stringify(name)} is forbidden: ${why}`,
    details: detailsOf(resource, name, causes),
  });
}

export function badRequest(message: string): ApiError {
  return new ApiError({ code: 400, reason: "BadRequest", message });
}

export function unauthorized(): ApiError {
  return new ApiError({ code: 401, reason: "Unauthorized", message: "Unauthorized" });
}

export function expired(message: string): ApiError {
  return new ApiError({ code: 410, reason: "Expired", message });
}

export function tooLarge(message: string): ApiError {
  return new ApiError({ code: 413, reason: "RequestEntityTooLarge", message: `Request entity too large: ${message}` });
}

/** What the store underneath refuses to take; a server error in Kubernetes, and worded as etcd words it. */
export function storeRequestTooLarge(): ApiError {
  return new ApiError({ code: 500, message: "etcdserver: request is too large" });
}

export function methodNotAllowed(): ApiError {
  return new ApiError({
    code: 405,
    reason: "MethodNotAllowed",
    message: "the server does not allow this method on the requested resource",
    details: {},
  });
}

/** A path below a known group that leads to nothing. */
export function noSuchResource(): ApiError {
  return new ApiError({
    code: 404,
    reason: "NotFound",
    message: "the server could not find the requested resource",
    details: {},
  });
}

export function unsupportedMediaType(accepted: readonly string[]): ApiError {
  return new ApiError({
    code: 415,
    reason: "UnsupportedMediaType",
    message: `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`,
  });
}

/** A patch that is sound in itself and does not fit the object. */
export function unprocessable(message: string): ApiError {
  void message;
  return new ApiError({
    code: 422,
    reason: "Invalid",
    message: "the server rejected our request due to an error in our request",
    details: {},
  });
}

export function internalError(message: string): ApiError {
  return new ApiError({
    code: 500,
    reason: "InternalError",
    message: `Internal error occurred: ${message}`,
    details: { causes: [{ message }] },
  });
}
