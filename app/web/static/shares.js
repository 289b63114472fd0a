// A trustee's file `phieu.shares/1`: looked at before a phrase is asked for, then opened.

import { contextOf, open } from "./hpke.js";
import { fromBase64, fromHex, sha256, toBase64, toHex } from "./phrase.js";

const SHARE = 33; // x, and 32 bytes
const BATCH = 64;

// Raised when a file is not what it should be; `fault` is "file" or "urn".
export class Unfit extends Error {
  constructor(fault) {
    super(fault);
    this.fault = fault;
  }
}

// The digest of an urn: of the ids of its rows, sorted, one after the other.
export async function urnOf(rows) {
  return `sha256:${toHex(await sha256(fromHex(rows.map((row) => row.id).sort().join(""))))}`;
}

// A part that is none (the row is not of this urn) may be anything in base64: it does not open.
const isRow = (row, i, rows) =>
  /^[0-9a-f]{64}$/.test(row?.id) && (i === 0 || rows[i - 1].id < row.id) &&
  /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(row.sealed);

// Whether a file is the one to open: `expected` is {wave, index, place, urn}, the urn "" in a trial.
// Gives the urn computed anew. Raises Unfit.
export async function lookAt(file, { wave, index, place, urn }) {
  const isFile =
    file?.format === "phieu.shares/1" && file.wave === wave && file.index_digest === index &&
    file.trustee === place && file.trial === !urn && (file.urn ?? "") === urn &&
    Array.isArray(file.rows) && file.rows.length > 0 && file.rows.every(isRow);
  if (!isFile) throw new Unfit("file");
  const found = await urnOf(file.rows);
  if (urn && found !== urn) throw new Unfit("urn");
  return found;
}

// The file to hand back, and how many rows did not open. Told after each batch: (done, of how many).
export async function openShares(file, keys, told = () => {}) {
  const label = file.trial ? "phieu trial 1" : "phieu share 1";
  const info = [label, file.wave, file.index_digest, file.trustee].join("\0");
  const context = await contextOf(new TextEncoder().encode(info));
  const { rows, ...head } = file, opened = [];
  const openRow = async ({ id, sealed }) => {
    const share = await open(keys, context, fromBase64(sealed));
    return { id, share: share?.length === SHARE ? toBase64(share) : null };
  };
  for (let at = 0; at < rows.length; at += BATCH) {
    opened.push(...(await Promise.all(rows.slice(at, at + BATCH).map(openRow))));
    told(opened.length, rows.length);
  }
  const unopened = opened.filter((row) => row.share === null).length;
  return { file: { ...head, rows: opened }, unopened };
}
