import type { ReactNode } from "react";

interface Props {
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  /** Alerts are read out at once. */
  urgent?: boolean;
}

export function Notice({ title, children, actions, urgent = false }: Props) {
  return (
    <div className="notice" role={urgent ? "alert" : undefined}>
      <h2>{title}</h2>
      {children && <div className="notice-text">{children}</div>}
      {actions && <div className="actions">{actions}</div>}
    </div>
  );
}
