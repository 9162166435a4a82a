const STAR = "M8 1.2l2.1 4.4 4.8.6-3.5 3.3.9 4.8L8 11.9l-4.3 2.4.9-4.8L1.1 6.2l4.8-.6z";
const COUNT = [1, 2, 3, 4, 5];

/** Signal quality, 0 to 5 stars. */
export function Stars({ stars }: { stars: number }) {
  return (
    <svg className="stars" viewBox="0 0 88 16" role="img" aria-label={`Signal quality ${stars} of 5 stars`}>
      {COUNT.map((n) => (
        <path
          key={n}
          className={n <= stars ? "star is-on" : "star"}
          d={STAR}
          transform={`translate(${(n - 1) * 18} 0)`}
        />
      ))}
    </svg>
  );
}
