import type { Asked } from "../api/types";

interface Props {
  asks: Asked[];
  told: Record<string, string>;
  onTell: (name: string, value: string) => void;
}

/** What a check would like to know about the person; all of it may stay open. */
export function Asks({ asks, told, onTell }: Props) {
  return asks.map(({ name, title, options }) => {
    const choices = Object.entries(options);
    const value = told[name] ?? "";
    return (
      <label key={name} className="photo-kind">
        <span>{title}</span>
        {choices.length > 0 ? (
          <select value={value} onChange={(e) => onTell(name, e.target.value)}>
            <option value="">Not told</option>
            {choices.map(([key, label]) => (
              <option key={key} value={key}>
                {label}
              </option>
            ))}
          </select>
        ) : (
          <input inputMode="decimal" value={value} onChange={(e) => onTell(name, e.target.value)} />
        )}
      </label>
    );
  });
}
