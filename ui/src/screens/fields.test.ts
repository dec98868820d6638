import { expect, it } from "vitest";
import { hostOf, rateOf } from "./fields";

it.each([
  ["", ""],
  ["  video.example ", "video.example"],
  ["https://video.example/watch?v=1", "video.example"],
  ["192.0.2.1", "192.0.2.1"],
  ["http://[2001:db8::1]/", "2001:db8::1"],
  ["two words", undefined],
  ["https://user:secret@video.example", undefined],
  ["://", undefined],
])("the host in %j is %j", (typed, host) => expect(hostOf(typed)).toBe(host));

it.each([
  ["", null],
  ["100", 100],
  [" 16,5 ", 16.5],
  ["-1", undefined],
  ["fast", undefined],
  ["0", undefined],
])("the rate in %j is %j", (typed, rate) => expect(rateOf(typed)).toBe(rate));
