export interface Choice {
  seconds: number;
  hint: string;
}

const CHOICES: Choice[] = [
  { seconds: 15, hint: "heart rate" },
  { seconds: 30, hint: "and breathing" },
  { seconds: 60, hint: "most certain" },
];

/** How long to record. */
export function Duration({
  seconds,
  choices = CHOICES,
  onChange,
}: {
  seconds: number;
  choices?: Choice[];
  onChange: (seconds: number) => void;
}) {
  return (
    <fieldset className="segments">
      <legend>How long</legend>
      {choices.map((choice) => (
        <label key={choice.seconds} className={choice.seconds === seconds ? "is-on" : ""}>
          <input
            type="radio"
            name="duration"
            value={choice.seconds}
            checked={choice.seconds === seconds}
            onChange={() => onChange(choice.seconds)}
          />
          <span className="segment-main">{choice.seconds} s</span>
          <span className="segment-hint">{choice.hint}</span>
        </label>
      ))}
    </fieldset>
  );
}
