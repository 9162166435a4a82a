/** Why the measurement before ended without a result. */
export function Stopped({ reason }: { reason: string | null }) {
  if (!reason) return null;
  return (
    <div className="stopped" role="alert">
      <strong>The measurement ended early.</strong> {reason}
    </div>
  );
}
