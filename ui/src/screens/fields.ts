// What people type into the fields of the welcome page.

/** The host in what was typed or pasted (a whole address will do); "" for nothing, undefined for what cannot be a host. */
export function hostOf(typed: string): string | undefined {
  const trimmed = typed.trim();
  if (trimmed === "") return "";
  try {
    const { hostname, username, password } = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`);
    if (hostname === "" || username || password || /[%\s]/.test(hostname)) return undefined;
    return hostname.replace(/^\[|\]$/g, "");
  } catch {
    return undefined;
  }
}

/** The rate typed, in Mbit/s; null for nothing, undefined for what is no rate. */
export function rateOf(typed: string): number | null | undefined {
  const trimmed = typed.trim().replace(",", ".");
  if (trimmed === "") return null;
  const rate = Number(trimmed);
  return Number.isFinite(rate) && rate > 0 && rate <= 1_000_000 ? rate : undefined;
}
