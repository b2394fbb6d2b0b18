import './zoom-buttons.css';

interface ZoomButtonsProps {
  onZoom(factor: number): void;
  onFit(): void;
}

const STEP = 1.25;

export function ZoomButtons({ onZoom, onFit }: ZoomButtonsProps) {
  return (
    <fieldset className="zoom-buttons" aria-label="Zoom">
      <button type="button" aria-label="Zoom in" title="Zoom in" onClick={() => onZoom(STEP)}>
        +
      </button>
      <button type="button" aria-label="Fit the diagram" title="Fit the diagram" onClick={onFit}>
        ⤢
      </button>
      <button type="button" aria-label="Zoom out" title="Zoom out" onClick={() => onZoom(1 / STEP)}>
        −
      </button>
    </fieldset>
  );
}
