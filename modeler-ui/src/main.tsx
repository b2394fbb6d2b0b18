import './styles/base.css';
import './styles/layout.css';
import './styles/widgets.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';

const root = document.getElementById('root');
if (root === null) throw new Error('Expected an element #root in index.html');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
