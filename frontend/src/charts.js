// Charts from JSON on the page: `<div class="chart" data-chart data-source="ID" role="img" aria-label="…">` and
// `{{ data|json_script:"ID" }}`: {kind, labels, series: [{name, values, links?, line?}], links?, unit?, horizontal?}.
// kind: bar, line, stacked, pareto (first series as bars, `shares` as a line). A click follows the link.
import { BarChart, LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

const drawn = new Map();
const variable = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const palette = () => ['--chart-1', '--chart-2', '--chart-3', '--chart-4', '--chart-5', '--chart-6'].map(variable);

function seriesOf(data) {
  const bars = (one, more) => ({ type: 'bar', name: one.name, data: one.values, barMaxWidth: 32, ...more });
  const line = (one, more) => ({ type: 'line', name: one.name, data: one.values, symbolSize: 6, lineStyle: { width: 2 }, ...more });
  if (data.kind === 'pareto') {
    const [first] = data.series;
    const axis = data.horizontal ? 'xAxisIndex' : 'yAxisIndex';
    return [bars(first), line({ name: data.share_name || '%', values: data.shares }, { [axis]: 1 })];
  }
  return data.series.map((one) => {
    if (data.kind === 'line' || one.line) return line(one, one.axis === 2 ? { yAxisIndex: 1 } : {});
    return bars(one, data.kind === 'stacked' ? { stack: 'all' } : {});
  });
}

// Every bar's name can be read: under upright bars it breaks within the room of its bar, beside lying ones it has two
// fifths of the picture and goes on below. Bars lie down where there is too little room for their names side by side.
const LINE = 14;
const NARROW = 560;
const roomOf = (data, width) => Math.floor((width - 96) / Math.max(data.labels.length, 1)) - 8;
const lies = (data, width) => !!data.horizontal || (data.kind !== 'line' && roomOf(data, width) < 88);
const wrapped = (width) => ({ interval: 0, width, overflow: 'break', lineHeight: LINE });
const heightOf = (data, width) => 84 + data.labels.length * ((width < NARROW ? 3 : 2) * LINE + 6);

function options(data, width) {
  const lying = wrapped(Math.min(260, Math.round(width * 0.4)));
  const upright = wrapped(roomOf(data, width));
  const muted = variable('--muted');
  const rule = variable('--line');
  const font = variable('--font-ui');
  const words = { color: muted, fontFamily: font, fontSize: 12 };
  const names = { type: 'category', data: data.labels, axisLabel: { ...words, ...(data.horizontal ? lying : data.kind === 'line' ? { hideOverlap: true } : upright) }, axisLine: { lineStyle: { color: rule } }, axisTick: { show: false }, inverse: !!data.horizontal };
  const numbers = { type: 'value', name: data.unit || '', nameTextStyle: { ...words, align: data.horizontal ? 'center' : 'left' }, ...(data.horizontal ? { nameLocation: 'middle', nameGap: 24 } : {}), axisLabel: words, splitLine: { lineStyle: { color: rule } }, minInterval: data.fractions ? 0 : 1 };
  const second = data.kind === 'pareto' || data.second_unit
    ? [{ type: 'value', min: 0, ...(data.kind === 'pareto' ? { max: 100 } : {}), name: data.second_unit || '', nameTextStyle: { ...words, align: 'right' }, axisLabel: data.kind === 'pareto' ? { ...words, formatter: '{value}%' } : words, splitLine: { show: false } }] : [];
  const several = data.series.length > 1 || data.kind === 'pareto';
  return {
    animation: false, color: palette(), textStyle: { fontFamily: font, color: muted }, aria: { enabled: true, decal: { show: several && data.kind === 'stacked' } },
    grid: { left: 8, right: 12, top: several || data.unit ? 36 : 12, bottom: data.horizontal && data.unit ? 24 : 8, containLabel: true },
    legend: { show: several, top: 0, right: 0, itemWidth: 12, itemHeight: 8, textStyle: words },
    tooltip: { trigger: 'axis', renderMode: 'richText', confine: true, backgroundColor: variable('--color-base-100'), borderColor: rule, textStyle: { color: variable('--color-base-content'), fontFamily: font, fontSize: 12 } },
    xAxis: data.horizontal ? [numbers, ...second] : names, yAxis: data.horizontal ? names : [numbers, ...second],
    series: seriesOf(data),
  };
}

function draw(element) {
  const holder = document.getElementById(element.dataset.source || '');
  if (!holder) return;
  const data = JSON.parse(holder.textContent);
  drawn.get(element)?.dispose();
  const fit = () => {
    const width = element.clientWidth;
    const horizontal = lies(data, width);
    element.style.height = horizontal ? `${heightOf(data, width)}px` : '';
    return options({ ...data, horizontal }, width);
  };
  const first = fit();
  const chart = init(element, null, { renderer: 'svg' });
  chart.setOption(first);
  const linkOf = (hit) => data.series[hit.seriesIndex]?.links?.[hit.dataIndex] || data.links?.[hit.dataIndex];
  chart.on('click', (hit) => { const link = linkOf(hit); if (link) location.assign(link); });
  chart.on('mouseover', (hit) => { chart.getZr().setCursorStyle(linkOf(hit) ? 'pointer' : 'default'); });
  drawn.set(element, chart);
  new ResizeObserver(() => {
    if (chart.isDisposed()) return;
    chart.setOption(fit(), true);
    chart.resize();
  }).observe(element);
}

const drawAll = () => {
  for (const [element, chart] of drawn) if (!element.isConnected) { chart.dispose(); drawn.delete(element); }
  document.querySelectorAll('[data-chart]').forEach(draw);
};
drawAll();
document.addEventListener('tuoshan:theme', drawAll);
document.addEventListener('htmx:afterSettle', () => document.querySelectorAll('[data-chart]').forEach((element) => { if (!drawn.has(element)) draw(element); }));
