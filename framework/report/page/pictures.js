// A network of images: what it took for what, its first filters, and what they make of an example.
/// Draws bytes, one or three for each pixel, on a canvas that is `scale` times as large.
function pixels(text, {height, width, channels}, scale, words) {
  const canvas = h("canvas", {width, height, role: "img", "aria-label": words, class: "pixels", style: {width: `${width * scale}px`}});
  const context = canvas.getContext("2d"), image = context.createImageData(width, height), raw = atob(text);
  for (let i = 0; i < width * height; ++i) {
    for (let c = 0; c < 3; ++c) image.data[4 * i + c] = raw.charCodeAt(channels === 3 ? 3 * i + c : i);
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
const scaleFor = (sizes, side) => Math.max(1, Math.round(side / Math.max(sizes.height, sizes.width)));
function pictureRow(row, side, words) {
  return h("div", null, h("h3", null, row.title), h("div", {class: "pictures"},
    row.pictures.map((text, i) => pixels(text, row, scaleFor(row, side), `${words} ${i + 1} of ${row.title}`))));
}
function wrongSection(pictures) {
  if (pictures.wrong === 0) return null;
  const shownHere = pictures.surest.length, all = `${plural(pictures.wrong, "example")} of ${number(pictures.examples, 9)} of the ${partNames[part] ?? part} part`;
  return h("section", {"aria-labelledby": "wrong"}, h("h2", {id: "wrong"}, "Wrong answers"),
    h("p", {class: "note"}, pictures.wrong > shownHere ? `${all} were taken for another class; here are the ${shownHere} of which the network was surest, with its output.` : `${all} were taken for another class, with the network's output.`),
    h("div", {class: "pictures"}, pictures.surest.map((one) => h("figure", null,
      pixels(one.picture, pictures, scaleFor(pictures, 64), `${one.is}, taken for ${one.said}`),
      h("figcaption", null, h("b", null, one.is), ` not ${one.said}`, h("small", null, number(one.output, 3)))))));
}
/// What a layer of two units says, example by example; pictures where there is room.
function codeSection({layer, points, shown, pictures}) {
  const ends = [0, 1].map((k) => padded(points.map((point) => point[k])));
  const draw = (width) => {
    const size = Math.min(width - 80, 640), plot = {left: 66, right: 66 + size, top: 12, bottom: 12 + size}, height = plot.bottom + 44;
    const x = linear(...ends[0], plot.left, plot.right, 5), y = linear(...ends[1], plot.bottom, plot.top, 5), side = Math.max(12, size / 22);
    const svg = drawing(width, height, `The code of ${plural(points.length, "example")}`, `The two outputs of ${layer}, from ${number(ends[0][0], 3)} to ${number(ends[0][1], 3)} and from ${number(ends[1][0], 3)} to ${number(ends[1][1], 3)}; ${shown.length} examples are shown as pictures where they lie.`,
      axes(plot, x, y, {xName: `first unit of ${layer}`, yName: "second unit", xText: (t) => number(t, 3), yText: (t) => number(t, 3)}),
      points.map(([a, b]) => s("circle", {cx: x(a).toFixed(1), cy: y(b).toFixed(1), r: 2, fill: "var(--c1)", "fill-opacity": 0.4})));
    return h("div", {class: "code", style: {width: `${width}px`}}, svg, shown.map((i, k) => {
      const canvas = pixels(pictures.pictures[k], pictures, 1, `example ${i + 1} at ${number(points[i][0], 3)}, ${number(points[i][1], 3)}`);
      canvas.style.width = `${side}px`;
      canvas.style.left = `${(x(points[i][0]) - side / 2).toFixed(1)}px`;
      canvas.style.top = `${(y(points[i][1]) - side / 2).toFixed(1)}px`;
      return canvas;
    }));
  };
  return h("section", {"aria-labelledby": "code"}, h("h2", {id: "code"}, "The code"),
    h("p", {class: "note"}, `All that passes through ${layer} is two numbers: what lies near each other looks alike to the network.`),
    figure({title: `Where ${layer} puts examples of the ${partNames[part] ?? part} part`, draw, columns: () => ["first unit", "second unit"], numbers: () => points.slice(0, 50).map((point) => point.map((v) => number(v, 4)))}).element);
}
function pictureSections() {
  const pictures = page.configs[0]?.pictures;
  if (page.kind !== "run" || !pictures) return [];
  return [wrongSection(pictures),
    pictures.copies.length > 0 && h("section", {"aria-labelledby": "copies"}, h("h2", {id: "copies"}, "Through the bottleneck and back"),
      h("p", {class: "note"}, `Some examples of the ${partNames[part] ?? part} part, and what the network says that they are.`),
      pictures.copies.map((row) => pictureRow(row, 56, "Picture"))),
    pictures.code && codeSection(pictures.code),
    pictures.filters.length > 0 && h("section", {"aria-labelledby": "filters"}, h("h2", {id: "filters"}, "First filters"),
      h("p", {class: "note"}, "Weights of the layer that sees the image: middle grey is 0, white the largest, black as far below 0."),
      pictures.filters.map((row) => pictureRow(row, 48, "Filter"))),
    pictures.maps.length > 0 && h("section", {"aria-labelledby": "features"}, h("h2", {id: "features"}, "What the first layers make of an example"),
      h("p", {class: "note"}, `The first example of the ${partNames[part] ?? part} part. Each channel from its smallest output, black, to its largest.`),
      pictures.maps.map((row, i) => pictureRow(row, i ? 72 : 96, i ? "Channel" : "Picture")))];
}
