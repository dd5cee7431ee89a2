// Charts from data-chart; ECharts is fetched only where a page has one. Tooltips are drawn, not written as HTML,
// because inline styles are forbidden.
let library;

function load() {
  library ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = new URL("../vendor/echarts/echarts.min.js", import.meta.url).href;
    script.onload = () => done(window.echarts);
    script.onerror = failed;
    document.head.append(script);
  });
  return library;
}

const BASE = {
  color: ["#1661ab", "#2a9d5c", "#d98200", "#b42318", "#6b4fa0", "#3f8f9b", "#8a6d3b", "#626b79"],
  textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: "#1f2329" },
  animation: false,
  grid: { left: 8, right: 16, top: 32, bottom: 8, containLabel: true },
  aria: { enabled: true },
};

export async function wakeCharts(root) {
  const places = [...(root.querySelectorAll?.("[data-chart]") ?? [])].filter((place) => !place.dataset.awake);
  if (!places.length) return;
  const echarts = await load();
  for (const place of places) {
    place.dataset.awake = "1";
    const option = JSON.parse(place.dataset.chart);
    const chart = echarts.init(place, null, { renderer: "canvas", locale: "ZH" });
    chart.setOption({ ...BASE, ...option, tooltip: { trigger: "axis", ...option.tooltip, renderMode: "richText" } });
    new ResizeObserver(() => chart.resize()).observe(place);
    chart.on("click", ({ data }) => { if (data?.href?.startsWith("/")) window.location.assign(data.href); });
  }
}
