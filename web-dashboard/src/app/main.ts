import { mount } from 'svelte';
import App from './App.svelte';
import './app.css';
import { Dashboard } from './dashboard.svelte';
import { ThemeChoice } from './theme.svelte';

const target = document.getElementById('app');
if (target === null) throw new Error('page: #app is missing');
const dashboard = new Dashboard();
mount(App, { target, props: { dashboard, theme: new ThemeChoice() } });
void dashboard.start();
