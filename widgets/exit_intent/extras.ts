// What few campaigns need: the slim bar, a picture, the announced end, the teaser.

export { default as css } from "./bar.css";
export { countdown } from "./countdown.ts";
export { free } from "./free.ts";
export { picture } from "./picture.ts";
export { teaser } from "./teaser.ts";
