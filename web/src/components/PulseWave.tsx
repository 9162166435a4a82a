import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

interface Props {
  timeS: number[];
  wave: (number | null)[];
  /** Beat times on the same clock, drawn as dots. */
  beatsS?: number[];
  /** The stretch of time shown, in seconds. */
  from: number;
  to: number;
  label: string;
  axis?: boolean;
}

function colours(element: HTMLElement) {
  const style = getComputedStyle(element);
  const value = (name: string) => style.getPropertyValue(name).trim();
  return {
    line: value("--accent"),
    text: value("--muted"),
    grid: value("--hairline"),
    mark: value("--beat"),
  };
}

const NONE: number[] = [];

/** A pulse wave over time. */
export function PulseWave({ timeS, wave, beatsS = NONE, from, to, label, axis = false }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const beats = useRef(beatsS);
  const range = useRef<[number, number]>([from, to]);

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const size = () => ({
      width: Math.max(40, element.clientWidth),
      height: Math.max(40, element.clientHeight),
    });
    const paintBeats = (u: uPlot) => {
      const [times, values = []] = u.data;
      u.ctx.fillStyle = colours(element).mark;
      for (const beat of beats.current) {
        const i = times.findIndex((t) => t >= beat);
        const value = values[i];
        if (beat < range.current[0] || beat > range.current[1] || i < 0 || typeof value !== "number")
          continue;
        u.ctx.beginPath();
        u.ctx.arc(
          u.valToPos(beat, "x", true),
          u.valToPos(value, "y", true),
          3 * devicePixelRatio,
          0,
          2 * Math.PI,
        );
        u.ctx.fill();
      }
    };
    const chart = new uPlot(
      {
        ...size(),
        padding: axis ? [8, 16, 0, 10] : [4, 0, 4, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false, range: () => range.current },
          y: { range: (_, low, high) => margins(low, high) },
        },
        axes: [
          {
            show: axis,
            stroke: () => colours(element).text,
            grid: { stroke: () => colours(element).grid, width: 1 },
            ticks: { show: false },
            size: 28,
            values: (_, splits) => splits.map((s) => `${s} s`),
          },
          { show: false },
        ],
        series: [{}, { stroke: () => colours(element).line, width: 2, points: { show: false } }],
        hooks: { draw: [paintBeats] },
      },
      [[], []],
      element,
    );
    plot.current = chart;
    const sizes = new ResizeObserver(() => chart.setSize(size()));
    sizes.observe(element);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const repaint = () => chart.redraw(false, true);
    scheme.addEventListener("change", repaint);
    return () => {
      sizes.disconnect();
      scheme.removeEventListener("change", repaint);
      chart.destroy();
      plot.current = null;
    };
  }, [axis]);

  useEffect(() => {
    beats.current = beatsS;
    range.current = [from, to];
    plot.current?.setData([timeS, wave]);
  }, [timeS, wave, beatsS, from, to]);

  return <div className="wave" ref={host} role="img" aria-label={label} />;
}

/** Room above and below the wave; a flat wave still gets a scale. */
function margins(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [-1, 1];
  const room = (high - low) * 0.12 || 1;
  return [low - room, high + room];
}
