import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import {
  bitString,
  boolean,
  context,
  utcTime,
  implicit,
  integer,
  objectId,
  octetString,
  sequence,
  set,
  utf8String,
} from "./der.ts";
import type { Der } from "./der.ts";

export interface Certificate {
  readonly certPem: string;
  readonly keyPem: string;
}

const OID = {
  commonName: "2.5.4.3",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  subjectAltName: "2.5.29.17",
  keyUsage: "2.5.29.15",
  basicConstraints: "2.5.29.19",
  extendedKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
} as const;

const VALID_DAYS = 3650;
const DAY_MS = 24 * 60 * 60 * 1000;

/** A certificate that vouches for itself; whoever connects trusts it by having it as `ca.crt`. Takes about a millisecond. */
export function selfSignedCertificate(options: {
  readonly names: readonly string[];
  readonly ips: readonly string[];
  readonly nowMs: number;
}): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = sequence(objectId(OID.ecdsaWithSha256));
  const name = sequence(set(sequence(objectId(OID.commonName), utf8String("outrigger-local"))));
  const validity = sequence(
    utcTime(new Date(options.nowMs - DAY_MS)),
    utcTime(new Date(options.nowMs + VALID_DAYS * DAY_MS)),
  );
  const content = sequence(
    context(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ type: "spki", format: "der" }),
    context(3, sequence(...extensions(options.names, options.ips))),
  );
  const certificate = sequence(content, algorithm, bitString(sign("sha256", content, privateKey)));
  return { certPem: pem(certificate), keyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
}

function extensions(names: readonly string[], ips: readonly string[]): Der[] {
  const ofNames = names.map((name) => implicit(2, Buffer.from(name)));
  const ofIps = ips.map((ip) => implicit(7, Buffer.from(ip.split(".").map(Number))));
  return [
    extension(OID.subjectAltName, sequence(...ofNames, ...ofIps)),
    extension(OID.basicConstraints, sequence(boolean(true)), true),
    // digitalSignature and keyCertSign.
    extension(OID.keyUsage, bitString(Buffer.from([0b1000_0100]), 2), true),
    extension(OID.extendedKeyUsage, sequence(objectId(OID.serverAuth))),
  ];
}

function extension(id: string, value: Der, critical = false): Der {
  return sequence(objectId(id), ...(critical ? [boolean(true)] : []), octetString(value));
}

function pem(der: Der): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
